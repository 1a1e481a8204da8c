import { describe, expect, test } from "vitest"
import { integers } from "../../../engine/random/philox.ts"
import { Divergences } from "../../../learning/evaluate/divergences.ts"
import { gpt2 } from "../../../learning/policy/architecture/gpt2.ts"
import type { Sequence } from "../../../learning/policy/packing.ts"
import { tokenLogProbabilities } from "../support/scores.ts"
import { oneThread } from "../support/stage.ts"
import { wildParameters } from "../support/toy.ts"

const configuration = gpt2({ vocabulary: 23, context: 24, width: 16, layers: 1, heads: 2 })
const policy = wildParameters(configuration, 1)
const reference = wildParameters(configuration, 2)

const drawn = (index: number, count: number) => integers(9, "tokens", index, configuration.vocabulary, new Int32Array(count))
/** More than one portion of them, of many lengths. */
const sequences: ReadonlyArray<Sequence> = Array.from({ length: 70 }, (_, index) => ({
  prompt: drawn(index, 1 + (index % 5)),
  response: drawn(1000 + index, 1 + (index % 9)),
}))
const found = await new Divergences(configuration, { configuration, parameters: reference }, oneThread).of(policy, sequences)

describe("the divergence of a response", () => {
  test("is the sum over its positions of the exact divergence over all tokens, written out", async () => {
    for (const index of [0, 3, 8, 30, 64, 69]) {
      const { prompt, response } = sequences[index] as Sequence
      const all = [...prompt, ...response]
      const [own, other] = [
        await tokenLogProbabilities(configuration, policy, all),
        await tokenLogProbabilities(configuration, reference, all),
      ]
      const places = Array.from(response, (_, place) => prompt.length + place - 1)
      const kl = places.map((place) =>
        sumOf((own[place] ?? []).map((logp, token) => Math.exp(logp) * (logp - (other[place]?.[token] as number)))),
      )
      expect(found[index]?.kl).toBeCloseTo(sumOf(kl), 3)
      expect(sumOf(kl)).toBeGreaterThan(0.1)
      const ratio = places.map((place) => {
        const token = all[place + 1] as number
        return (own[place]?.[token] as number) - (other[place]?.[token] as number)
      })
      expect(found[index]?.ratio).toBeCloseTo(sumOf(ratio), 3)
      expect(found[index]?.ratios).toHaveLength(response.length)
      for (const [place, each] of ratio.entries()) expect(found[index]?.ratios[place]).toBeCloseTo(each, 3)
      expect(found[index]?.k3).toBeCloseTo(sumOf(ratio.map((each) => Math.exp(-each) - 1 + each)), 2)
      expect(found[index]?.reference).toBeCloseTo(sumOf(places.map((place) => other[place]?.[all[place + 1] as number] as number)), 3)
    }
  })

  test("has a log-ratio that is the sum of those of its tokens, exactly", () => {
    for (const { ratio, ratios } of found) expect(sumOf([...ratios])).toBe(ratio)
  })

  test("is never negative, unlike the log-ratio", () => {
    expect(Math.min(...found.map(({ kl }) => kl))).toBeGreaterThan(0)
    expect(Math.min(...found.map(({ ratio }) => ratio))).toBeLessThan(0)
  })

  test("is exactly 0 for a policy that is its reference, and so is the log-ratio", async () => {
    const none = await new Divergences(configuration, { configuration, parameters: reference }, oneThread).of(reference, sequences)
    for (const each of none) {
      expect(each).toMatchObject({ kl: 0, ratio: 0, k3: 0 })
      expect(each.ratios.every((ratio) => ratio === 0)).toBe(true)
    }
  })

  test("is asymmetric, and its log-ratio changes sign when the two change places", async () => {
    const exchanged = await new Divergences(configuration, { configuration, parameters: policy }, oneThread).of(reference, sequences)
    for (const [index, { kl, ratio }] of exchanged.entries()) {
      expect(ratio).toBeCloseTo(-(found[index]?.ratio as number), 5)
      expect(Math.abs(kl - (found[index]?.kl as number))).toBeGreaterThan(1e-4)
    }
  })

  test("is asked of no response without harm", async () => {
    expect(await new Divergences(configuration, { configuration, parameters: reference }, oneThread).of(policy, [])).toEqual([])
  })
})

const sumOf = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0)
