/**
 * On problems small enough to write out, samplers, estimates of divergence and optimisers agree
 * with exact values.
 */

import { describe, expect, test } from "vitest"
import { Decoder } from "../../learning/decode/decoder.ts"
import { Divergences } from "../../learning/evaluate/divergences.ts"
import { ipo } from "../../learning/objective/losses.ts"
import { gpt2 } from "../../learning/policy/architecture/gpt2.ts"
import type { TokenPair } from "../../learning/policy/token-pair.ts"
import { PreferenceLearner } from "../../learning/train/preference-learner.ts"
import { load } from "../learning/support/loss.ts"
import { enumerateResponses } from "../learning/support/scores.ts"
import { oneThread } from "../learning/support/stage.ts"
import { wildParameters } from "../learning/support/toy.ts"

/** Five tokens, of which the first ends a text. */
const configuration = gpt2({ vocabulary: 5, context: 8, width: 16, layers: 1, heads: 2 })
const reference = wildParameters(configuration, 1, 0.2)
const model = { configuration, parameters: reference }
const prompt = Int32Array.of(0, 3)

const sumOf = (values: ReadonlyArray<number>) => values.reduce((sum, value) => sum + value, 0)

describe("the divergence of two policies over all 85 responses of at most three tokens", async () => {
  const policy = wildParameters(configuration, 2, 0.2)
  const exact = await enumerateResponses(configuration, policy, [...prompt], 3)
  const ofReference = await enumerateResponses(configuration, reference, [...prompt], 3)
  const kl = sumOf(exact.map(({ logp }, index) => Math.exp(logp) * (logp - (ofReference[index]?.logp as number))))
  const divergences = new Divergences(configuration, model, oneThread)
  const measured = await divergences.of(
    policy,
    exact.map(({ response }) => ({ prompt, response: Int32Array.from(response) })),
  )
  const expectation = (values: ReadonlyArray<number>) => sumOf(values.map((value, index) => Math.exp(exact[index]?.logp as number) * value))

  // Schulman 2020, "Approximating KL divergence": k1 is the log-ratio r, k3 = e^{−r} − 1 + r, which
  // is never negative.
  const k3 = (ratio: number) => Math.expm1(-ratio) + ratio

  test("is the expectation of the per-token divergences, of the log-ratio (k1) and of k3", () => {
    expect(kl).toBeGreaterThan(0.2)
    expect(expectation(measured.map((each) => each.kl))).toBeCloseTo(kl, 4)
    expect(expectation(measured.map((each) => each.ratio))).toBeCloseTo(kl, 4)
    expect(expectation(measured.map((each) => k3(each.ratio)))).toBeCloseTo(kl, 4)
  })

  test("is estimated without bias from samples, and more sharply by the per-token divergences", async () => {
    const draws = 4000
    const decoder = new Decoder({
      configuration,
      endOfText: 0,
      batchSize: 512,
      maxNewTokens: 3,
      temperature: 1,
      purpose: "law",
      seed: 1,
      engine: oneThread,
    })
    const drawn = await decoder.decode(
      policy,
      Array.from({ length: draws }, (_, stream) => ({ prompt, stream })),
    )
    const estimates = await divergences.of(
      policy,
      drawn.map(({ tokens }) => ({ prompt, response: tokens })),
    )
    const of = (values: ReadonlyArray<number>) => {
      const mean = sumOf(values) / draws
      return { mean, error: Math.sqrt(sumOf(values.map((value) => (value - mean) ** 2)) / draws / draws) }
    }
    const [tokens, ratios] = [of(estimates.map((each) => each.kl)), of(estimates.map((each) => each.ratio))]
    const thirds = of(estimates.map((each) => k3(each.ratio)))
    for (const { mean, error } of [tokens, ratios, thirds]) expect(Math.abs(mean - kl) / error).toBeLessThan(3.5)
    expect(tokens.error).toBeLessThan(0.7 * ratios.error)
  })
})

describe("IPO on every pair of four responses in a strict order", () => {
  // ½ Σ (β(hᵢ − hⱼ) − ½)² over all i above j is least where hᵢ = (wins − losses) / (2β·4), up to a
  // constant.
  const beta = 0.5
  const gains = [3, 1, -1, -3].map((difference) => difference / (2 * beta * 4))
  const responses = [2, 4, 1, 3].map((token) => Int32Array.of(token, 0))
  const pairs: ReadonlyArray<TokenPair> = responses.flatMap((chosen, rank) =>
    responses.slice(rank + 1).map((rejected) => ({ prompt, chosen, rejected, weight: 1 })),
  )

  test("ends where the normal equations do, by Assay's own optimiser", async () => {
    const learner = new PreferenceLearner(model, model, await load(ipo({ beta })), oneThread)
    for (let step = 0; step < 400; step++) await learner.step(pairs, step < 300 ? 3e-3 : 3e-4)
    const learned = await new Divergences(configuration, model, oneThread).of(
      learner.parameters,
      responses.map((response) => ({ prompt, response })),
    )
    for (const [one, { ratio }] of learned.entries()) {
      for (const [other, { ratio: lower }] of learned.entries()) {
        expect(ratio - lower).toBeCloseTo((gains[one] as number) - (gains[other] as number), 2)
      }
    }
  })

  test("does not move for pairs that are ties", async () => {
    const learner = new PreferenceLearner(model, model, await load(ipo({ beta })), oneThread)
    const ties = pairs.map((pair) => ({ ...pair, weight: 0 }))
    const { loss } = await learner.step(ties, 0.1)
    expect(loss).toBe(0)
    for (const [name, values] of Object.entries(learner.parameters)) expect(values).toEqual(reference[name])
  })
})
