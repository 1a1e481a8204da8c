/** The highest win rate at a mean KL: nothing is above it, and samples find it. */

import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { uniforms } from "../../../engine/random/philox.ts"
import { findOracle, interpolateOracle, type RankDistribution, rankScores, tilt } from "../../../learning/analyse/oracle.ts"
import { ipo } from "../../../learning/objective/losses.ts"
import { warmupCosine } from "../../../learning/trainer/schedule.ts"
import { load } from "../support/loss.ts"
import { divergence, expectation, type Preference, softmax, sum, TabularLearner } from "../support/tabular.ts"

/** Win rate and KL of e^{u/β} where no two responses tie: u is uniform on [0, 1]. */
const closedForm = (beta: number) => {
  const win = 1 / (1 - Math.exp(-1 / beta)) - beta
  return { win, kl: win / beta - Math.log(beta * (Math.exp(1 / beta) - 1)) }
}

/** β at which the closed form has a KL. */
const betaAt = (kl: number): number => {
  let [low, high] = [1e-3, 1e3]
  for (let halving = 0; halving < 80; halving++) {
    const middle = Math.sqrt(low * high)
    if (closedForm(middle).kl > kl) low = middle
    else high = middle
  }
  return Math.sqrt(low * high)
}

/** A reference over a table of responses, with their scores, of which some tie. */
interface Tabular {
  readonly reference: ReadonlyArray<number>
  readonly scores: ReadonlyArray<number>
}

const winsOf = ({ reference, scores }: Tabular): ReadonlyArray<number> =>
  scores.map((one) => sum(scores.map((other, index) => (reference[index] as number) * (one > other ? 1 : one === other ? 0.5 : 0))))

const exact = (prompt: Tabular): RankDistribution => ({
  wins: Float64Array.from(winsOf(prompt)),
  masses: Float64Array.from(prompt.reference),
})

const winOf = (prompt: Tabular, policy: ReadonlyArray<number>): number =>
  sum(winsOf(prompt).map((win, index) => win * (policy[index] as number)))

const tabular: fc.Arbitrary<Tabular> = fc
  .array(fc.record({ logit: fc.double({ min: -2, max: 2, noNaN: true }), score: fc.integer({ min: 0, max: 4 }) }), {
    minLength: 2,
    maxLength: 12,
  })
  .map((responses) => ({ reference: softmax(responses.map(({ logit }) => logit)), scores: responses.map(({ score }) => score) }))
const prompts = fc.array(tabular, { minLength: 1, maxLength: 4 })

describe("the oracle frontier of exact policies", () => {
  test("no policy lies above it, whatever it does at each prompt", () => {
    const withPolicies = prompts.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.tuple(
          ...all.map(({ reference }) =>
            fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: reference.length, maxLength: reference.length }),
          ),
        ),
      ),
    )
    fc.assert(
      fc.property(withPolicies, ([all, shifts]) => {
        const policies = all.map(({ reference }, prompt) =>
          softmax(reference.map((probability, index) => Math.log(probability) + (shifts[prompt]?.[index] as number))),
        )
        const mean = (value: (prompt: number) => number) => sum(all.map((_, prompt) => value(prompt))) / all.length
        const kl = mean((prompt) => divergence(policies[prompt] as ReadonlyArray<number>, all[prompt]?.reference as ReadonlyArray<number>))
        const win = mean((prompt) => winOf(all[prompt] as Tabular, policies[prompt] as ReadonlyArray<number>))
        const best = findOracle(all.map(exact), kl)
        // Beyond the frontier's end every prompt's best responses are certain.
        const limit = best?.win ?? mean((prompt) => Math.max(...winsOf(all[prompt] as Tabular)))
        expect(win).toBeLessThanOrEqual(limit + 1e-7)
      }),
      { numRuns: 300 },
    )
  })

  test("offline IPO on a tabular policy stays below it at every step, and ends on it", async () => {
    const reference = softmax(Array.from({ length: 40 }, (_, index) => Math.sin(index)))
    const scores = reference.map((_, index) => Math.floor(index / 6) % 4)
    const prompt = { reference, scores }
    const prefers: Preference = (one, other) => (Math.sign((scores[one] as number) - (scores[other] as number)) + 1) / 2
    const learner = new TabularLearner(reference, await load(ipo({ beta: 0.2 })))
    const pairs = expectation(reference.length, prefers)(reference)
    for (let step = 1; step <= 400; step++) {
      await learner.step(pairs, warmupCosine(step, 400, 0.1))
      if (step % 20 !== 0) continue
      const [kl, win] = [divergence(learner.policy, reference), winOf(prompt, learner.policy)]
      const best = findOracle([exact(prompt)], kl)?.win as number
      expect(win).toBeLessThanOrEqual(best + 1e-6)
      expect(win).toBeGreaterThan(0.5)
      if (step === 400) expect(best - win).toBeLessThan(1e-3)
    }
  })

  test("policies tilted with a β of each prompt's own do not reach it, and those with one β do", () => {
    const [easy, hard]: [Tabular, Tabular] = [
      { reference: [0.5, 0.3, 0.2], scores: [0, 1, 2] },
      { reference: [0.9, 0.05, 0.05], scores: [0, 1, 1] },
    ]
    const tilted = (betas: ReadonlyArray<number>) => {
      const parts = [easy, hard].map((prompt, index) => tilt(exact(prompt), betas[index] as number))
      return { kl: sum(parts.map(({ kl }) => kl)) / 2, win: sum(parts.map(({ win }) => win)) / 2 }
    }
    const same = tilted([0.3, 0.3])
    expect(findOracle([easy, hard].map(exact), same.kl)).toMatchObject({ beta: expect.closeTo(0.3, 6), win: expect.closeTo(same.win, 9) })
    for (const betas of [
      [0.2, 0.6],
      [0.6, 0.2],
    ]) {
      const { kl, win } = tilted(betas)
      expect((findOracle([easy, hard].map(exact), kl)?.win as number) - win).toBeGreaterThan(1e-3)
    }
  })

  test("the tilted policy has the KL and win rate that are written out", () => {
    fc.assert(
      fc.property(tabular, fc.double({ min: 0.05, max: 5, noNaN: true }), (prompt, beta) => {
        const wins = winsOf(prompt)
        const policy = softmax(prompt.reference.map((probability, index) => Math.log(probability) + (wins[index] as number) / beta))
        const { kl, win } = tilt(exact(prompt), beta)
        expect(kl).toBeCloseTo(divergence(policy, prompt.reference), 9)
        expect(win).toBeCloseTo(winOf(prompt, policy), 9)
      }),
    )
  })

  test("values by prompt average to its height, and it ends where ties do not allow more", () => {
    const tied: Tabular = { reference: [0.5, 0.25, 0.25], scores: [0, 1, 1] }
    const point = findOracle([exact(tied)], 0.4)
    expect(point?.byPrompt[0]).toBeCloseTo(point?.win as number, 12)
    expect(point?.kl).toBe(0.4)
    // Half of the reference's responses are best: log 2 nats at the most.
    expect(findOracle([exact(tied)], 0.7)).toBeUndefined()
    expect(findOracle([exact(tied)], 0.69)?.win).toBeGreaterThan(0.74)
  })
})

describe("the oracle frontier from samples", () => {
  const drawn = (count: number, seed: number) => [...uniforms(seed, "scores", 0, new Float32Array(count))]

  test.each([0.05, 0.5, 1, 2, 3, 3.5])("without ties it is the closed form, at KL %d from 256 samples", (kl) => {
    const point = findOracle([rankScores(drawn(256, 1))], kl)
    const beta = betaAt(kl)
    expect(Math.abs((point?.win as number) - closedForm(beta).win)).toBeLessThan(5e-4)
    expect(Math.abs((point?.beta as number) / beta - 1)).toBeLessThan(0.02)
  })

  test("mid-ranks are the win rates among the samples, and ties share theirs", () => {
    const { wins, masses } = rankScores([3, 1, 1, 2])
    expect([...wins]).toEqual([0.25, 0.625, 0.875])
    expect([...masses]).toEqual([0.5, 0.25, 0.25])
    expect(sum([...wins].map((win, index) => win * (masses[index] as number)))).toBe(0.5)
  })

  test("with ties it approaches the exact one as samples become more, and its bias falls like 1/M", () => {
    const prompt: Tabular = { reference: [0.6, 0.2, 0.12, 0.06, 0.02], scores: [0, 1, 2, 3, 4] }
    const best = findOracle([exact(prompt)], 1.5)?.win as number
    const bounds = [0.6, 0.8, 0.92, 0.98]
    const draw = (count: number, seed: number) => drawn(count, seed).map((uniform) => bounds.filter((bound) => uniform >= bound).length)
    const biasFrom = (count: number) => {
      const pools = Array.from({ length: 1500 }, (_, seed) => rankScores(draw(count, seed)))
      return (findOracle(pools, 1.5)?.win as number) - best
    }
    const [few, more, many] = [biasFrom(64), biasFrom(128), biasFrom(512)]
    expect(Math.abs(many)).toBeLessThan(0.003)
    expect(Math.abs(few)).toBeGreaterThan(Math.abs(more))
    expect(few / more).toBeGreaterThan(1.4)
    expect(few / more).toBeLessThan(3)
  })
})

describe("between its points the oracle frontier", () => {
  const points = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4].map((kl) => ({ kl, win_rate: closedForm(betaAt(kl)).win }))

  test("is interpolated to within 0.003 of the closed form, from ½ at KL 0", () => {
    for (let kl = 0.005; kl < 4; kl += 0.0173)
      expect(Math.abs((interpolateOracle(points, kl) as number) - closedForm(betaAt(kl)).win)).toBeLessThan(0.003)
    expect(interpolateOracle(points, 0)).toBe(0.5)
    expect(interpolateOracle(points, 1)).toBe(points[6]?.win_rate)
  })

  test("has no height beyond the last", () => {
    expect(interpolateOracle(points, 4.01)).toBeUndefined()
  })
})
