/**
 * What preference losses say of responses that occur in no pair. A loss of log-ratios'
 * differences (DPO, IPO) says nothing: mass can move to unseen responses and back at no cost, which
 * Xu et al. 2024 (arXiv 2404.10719) and Song et al. 2024 (arXiv 2406.01462) hold to be what offline
 * training lacks. Pairs drawn from the policy itself leave no response unseen.
 */

import * as tf from "@tensorflow/tfjs"
import { describe, expect, test } from "vitest"
import { compile } from "../../engine/index.ts"
import type { Loss, PairLoss } from "../../learning/objective/loss.ts"
import { bo2, cdpo, dpo, exponential, ipo, kto, savage, slic, truncatedQuadratic } from "../../learning/objective/losses.ts"
import { load } from "../learning/support/loss.ts"
import { oneThread } from "../learning/support/stage.ts"
import {
  byRank,
  expectation,
  type Preference,
  softmax,
  sum,
  type TabularPairs,
  tabularObjective,
  tabularSpecs,
} from "../learning/support/tabular.ts"
import { distance, nashPolicy } from "../learning/support/tabular-optimum.ts"
import { trainOffline, trainOnline } from "../learning/support/tabular-training.ts"

/**
 * Eight responses, the last one best. Pairs are of responses 2 to 5, so the two worst and the two
 * best are unseen.
 */
const reference = [0.2, 0.1, 0.15, 0.15, 0.1, 0.1, 0.15, 0.05]
const seen = [2, 3, 4, 5]
const unseen = [0, 1, 6, 7]
const data = reference.map((probability, index) => (seen.includes(index) ? probability / 0.5 : 0))

/** The same proportions among seen and among unseen responses, another mass on the unseen ones. */
const withUnseenMass = (policy: ReadonlyArray<number>, mass: number): ReadonlyArray<number> => {
  const before = sum(unseen.map((index) => policy[index] as number))
  return policy.map((probability, index) => probability * (unseen.includes(index) ? mass / before : (1 - mass) / (1 - before)))
}
const unseenMass = (policy: ReadonlyArray<number>) => sum(unseen.map((index) => policy[index] as number))
const amongSeen = (policy: ReadonlyArray<number>) => {
  const total = 1 - unseenMass(policy)
  return seen.map((index) => (policy[index] as number) / total)
}

/** A policy that is neither the reference nor an optimum. */
const policy = [0.05, 0.2, 0.1, 0.05, 0.2, 0.15, 0.2, 0.05]

/** All pairs of seen responses, as the expectation over draws from `data` has them. */
const pairs: TabularPairs = (() => {
  const all = expectation(reference.length, byRank)(data)
  const places = [...all.weight.keys()].filter((place) => (all.weight[place] as number) > 0)
  return {
    chosen: Int32Array.from(places, (place) => all.chosen[place] as number),
    rejected: Int32Array.from(places, (place) => all.rejected[place] as number),
    weight: Float32Array.from(places, (place) => all.weight[place] as number),
  }
})()

/** The loss at a policy, and its slope by the logit of each response. */
const lossAt = async (loss: PairLoss, at: ReadonlyArray<number>) => {
  const program = await compile(
    ({ logits, ...batch }) => {
      const objective = (x: tf.Tensor) => tabularObjective(loss)({ logits: x }, batch).loss
      return { loss: objective(logits as tf.Tensor), slopes: tf.grad(objective)(logits as tf.Tensor) }
    },
    { ...tabularSpecs(reference.length, pairs.weight.length), logits: { shape: [reference.length], dtype: "float32" } },
    oneThread,
  )
  const logits = Float32Array.from(at, Math.log)
  const { loss: value, slopes } = await program.run({ ...pairs, reference: Float32Array.from(reference, Math.log), logits })
  return { loss: value?.[0] as number, slopes: [...(slopes as Float32Array)] }
}

const indifferent: ReadonlyArray<readonly [string, Loss]> = [
  ["DPO", dpo({ beta: 0.1 })],
  ["IPO", ipo({ beta: 0.1 })],
  ["cDPO", cdpo({ beta: 0.1, smoothing: 0.1 })],
  ["SLiC", slic({ beta: 0.1 })],
  ["the exponential loss", exponential({ beta: 0.1 })],
  ["the truncated quadratic loss", truncatedQuadratic({ beta: 0.1 })],
  ["the Savage loss", savage({ beta: 0.1 })],
]

describe.each(indifferent)("%s", (_, declared) => {
  test("has the same value whatever mass is on unseen responses", async () => {
    const loss = await load(declared)
    const values = await Promise.all([0.02, 0.5, 0.98].map(async (mass) => (await lossAt(loss, withUnseenMass(policy, mass))).loss))
    for (const value of values) expect(value).toBeCloseTo(values[0] as number, 5)
    // While it does tell seen responses apart.
    expect(Math.abs((await lossAt(loss, reference)).loss - (values[0] as number))).toBeGreaterThan(1e-3)
  })

  test("has no slope towards unseen responses, nor towards or away from the seen ones together", async () => {
    const { slopes } = await lossAt(await load(declared), withUnseenMass(policy, 0.7))
    for (const index of unseen) expect(Math.abs(slopes[index] as number)).toBeLessThan(1e-6)
    expect(Math.abs(sum(seen.map((index) => slopes[index] as number)))).toBeLessThan(1e-6)
    expect(Math.max(...slopes.map(Math.abs))).toBeGreaterThan(1e-3)
  })
})

test.each([
  ["best of two", bo2()],
  ["KTO", kto({ beta: 1, desirable: 1, undesirable: 2 })],
])("%s, which is not a loss of differences, has a slope towards unseen responses", async (_, declared) => {
  const { slopes } = await lossAt(await load(declared), policy)
  for (const index of unseen) expect(Math.abs(slopes[index] as number)).toBeGreaterThan(1e-3)
})

/** Labels as Bradley and Terry have them, half a nat from one response to the next. */
const prefers: Preference = (one, other) => 1 / (1 + Math.exp((other - one) / 2))
const beta = 0.5

describe.each([
  // Wherever pairs are from, DPO's optimum under such labels is π_ref · exp(score/β).
  ["DPO", dpo({ beta }), softmax(reference.map((probability, index) => Math.log(probability) + index / 2 / beta))],
  ["IPO", ipo({ beta }), nashPolicy(reference, beta, prefers)],
] as const)("%s, trained from two policies that differ in unseen mass alone", (_, declared, onlineOptimum) => {
  const starts = [0.1, 0.9].map((mass) => withUnseenMass(reference, mass))

  test("offline, learns the same of seen responses, and leaves unseen mass about where it was", async () => {
    const loss = await load(declared)
    const learned = await Promise.all(starts.map((initial) => trainOffline(reference, loss, data, prefers, { initial, steps: 1000 })))
    const [low, high] = learned as [ReadonlyArray<number>, ReadonlyArray<number>]
    expect(distance(amongSeen(low), amongSeen(high))).toBeLessThan(1e-4)
    expect(distance(amongSeen(low), amongSeen(reference))).toBeGreaterThan(0.1)
    expect((await lossAt(loss, low)).loss).toBeCloseTo((await lossAt(loss, high)).loss, 5)
    expect(unseenMass(low)).toBeLessThan(0.2)
    expect(unseenMass(high)).toBeGreaterThan(0.8)
    // Among unseen responses, proportions are those of the start but for rounding: their slopes are
    // not exactly 0 in float32, and Adam divides them by their own size.
    for (const policy of learned) {
      for (const index of unseen) {
        const [share, before] = [policy, reference].map((each) => (each[index] as number) / unseenMass(each)) as [number, number]
        expect(Math.abs(share - before)).toBeLessThan(0.01)
      }
    }
  })

  test("online, forgets where it started, and ends at the optimum over all responses", async () => {
    const loss = await load(declared)
    for (const initial of starts) {
      const learned = await trainOnline(reference, loss, prefers, { initial, steps: 2000 })
      expect(distance(learned, onlineOptimum)).toBeLessThan(2e-3)
    }
  })
})
