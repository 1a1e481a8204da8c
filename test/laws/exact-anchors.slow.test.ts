/**
 * Where offline and online preference optimisation end is known for policies that are tables.
 * Assay's own objective and optimiser, the ones that train transformers, end there too.
 */

import * as tf from "@tensorflow/tfjs"
import { describe, expect, test } from "vitest"
import { compile } from "../../engine/index.ts"
import { normals } from "../../engine/random/philox.ts"
import { dpo, ipo } from "../../learning/objective/losses.ts"
import { warmupCosine } from "../../learning/trainer/schedule.ts"
import { load } from "../learning/support/loss.ts"
import { oneThread } from "../learning/support/stage.ts"
import {
  byRank,
  divergence,
  expectation,
  type Preference,
  softmax,
  sum,
  TabularLearner,
  tabularObjective,
  tabularSpecs,
  winRate,
  winsOver,
} from "../learning/support/tabular.ts"
import { distance, nashPolicy, offlineOptimum } from "../learning/support/tabular-optimum.ts"
import { trainOffline, trainOnline } from "../learning/support/tabular-training.ts"

describe("of 300 responses in a strict order, all equally likely at first", () => {
  const uniform = Array.from({ length: 300 }, () => 1 / 300)

  test.each([1, 0.3, 0.1])("offline IPO ends at e^{u/β}, β = %d", async (beta) => {
    const learned = await trainOffline(uniform, await load(ipo({ beta })), uniform, byRank)
    expect(distance(learned, offlineOptimum(uniform, beta, uniform, byRank))).toBeLessThan(1e-3)
    // The limit of infinitely many responses, u their quantile.
    const win = 1 / (1 - Math.exp(-1 / beta)) - beta
    const kl = win / beta - Math.log(beta * (Math.exp(1 / beta) - 1))
    expect(Math.abs(divergence(learned, uniform) - kl)).toBeLessThan(0.02)
    expect(Math.abs(winRate(learned, uniform, byRank) - win)).toBeLessThan(0.02)
  })

  test.each([1, 0.3, 0.1])("online IPO ends at the regularised Nash policy, β = %d", async (beta) => {
    const learned = await trainOnline(uniform, await load(ipo({ beta })), byRank, { steps: beta < 0.2 ? 900 : 400 })
    expect(distance(learned, nashPolicy(uniform, beta, byRank))).toBeLessThan(1e-3)
    const win = 1 / (1 - Math.exp(-1 / beta)) - beta
    const kl = 1 / (2 * beta) + Math.log(beta) + Math.log(1 - Math.exp(-1 / beta))
    expect(Math.abs(divergence(learned, uniform) - kl)).toBeLessThan(0.02)
    expect(Math.abs(winRate(learned, uniform, byRank) - win)).toBeLessThan(0.02)
  })

  test("the two differ against the Nash policy of β = 0.1, and not against the reference", () => {
    const strict = nashPolicy(uniform, 0.1, byRank)
    const table = [
      { policy: offlineOptimum(uniform, 1, uniform, byRank), kl: 0.041, win: 0.582, against: 0.126 },
      { policy: offlineOptimum(uniform, 0.1, uniform, byRank), kl: 1.303, win: 0.9, against: 0.288 },
      { policy: nashPolicy(uniform, 1, byRank), kl: 0.041, win: 0.582, against: 0.128 },
      { policy: strict, kl: 2.697, win: 0.9, against: 0.5 },
    ]
    for (const { policy, kl, win, against } of table) {
      expect(Math.abs(divergence(policy, uniform) - kl)).toBeLessThan(0.02)
      expect(Math.abs(winRate(policy, uniform, byRank) - win)).toBeLessThan(0.02)
      expect(Math.abs(winRate(policy, strict, byRank) - against)).toBeLessThan(0.02)
    }
    expect(winRate(table[1]?.policy ?? [], strict, byRank)).toBeCloseTo(0.278, 3)
  })
})

describe("of three responses that beat each other in a circle", () => {
  /** Each beats the next with probability 5/9. */
  const circle: Preference = (one, other) => (one === other ? 0.5 : (one + 1) % 3 === other ? 5 / 9 : 4 / 9)
  const uniform = [1 / 3, 1 / 3, 1 / 3]
  const data = [0.6, 0.3, 0.1]

  test("offline IPO prefers the response that beats what is frequent in the data", async () => {
    const learned = await trainOffline(uniform, await load(ipo({ beta: 0.1 })), data, circle)
    for (const [index, value] of [0.366, 0.248, 0.387].entries()) expect(learned[index]).toBeCloseTo(value, 3)
    expect(distance(learned, offlineOptimum(uniform, 0.1, data, circle))).toBeLessThan(1e-4)
  })

  test("online IPO finds that none is better, from wherever it starts", async () => {
    for (const initial of [data, [0.05, 0.15, 0.8]]) {
      const learned = await trainOnline(uniform, await load(ipo({ beta: 0.1 })), circle, { initial })
      for (const value of learned) expect(value).toBeCloseTo(1 / 3, 3)
    }
  })
})

describe("of two responses", () => {
  const reference = [0.8, 0.2]

  test.each([1, 0.75])(
    "online and offline end at the same policy, whatever the data are, where the second wins with probability %d",
    async (p) => {
      const prefers: Preference = (one, other) => (one === other ? 0.5 : one > other ? p : 1 - p)
      const exact = softmax([Math.log(0.8), Math.log(0.2) + (2 * p - 1) / (2 * 0.3)])
      const loss = await load(ipo({ beta: 0.3 }))
      for (const learned of [
        await trainOffline(reference, loss, reference, prefers),
        await trainOffline(reference, loss, [0.05, 0.95], prefers),
        await trainOnline(reference, loss, prefers),
      ]) {
        expect(distance(learned, exact)).toBeLessThan(1e-3)
      }
    },
  )

  test("DPO ends where the labels' log-odds are, if labels can be wrong", async () => {
    const prefers: Preference = (one, other) => (one === other ? 0.5 : one > other ? 0.75 : 0.25)
    const learner = new TabularLearner(reference, await load(dpo({ beta: 0.5 })))
    const pairs = expectation(2, prefers)(reference)
    for (let step = 1; step <= 500; step++) await learner.step(pairs, warmupCosine(step, 500, 0.1))
    expect(distance(learner.policy, softmax([Math.log(0.8), Math.log(0.2) + Math.log(3) / 0.5]))).toBeLessThan(1e-3)
  })
})

test("the online gradient of IPO, un-scaled, is 4/β times that of regularised self-play", async () => {
  const size = 12
  const draw = (index: number) => [...normals(5, "policies", index, new Float32Array(size))]
  const [logits, referenceLogits] = [draw(0), draw(1)]
  const [policy, reference] = [softmax(logits), softmax(referenceLogits)]
  /** Not transitive, and never certain. */
  const prefers: Preference = (one, other) => (one === other ? 0.5 : 0.5 + 0.45 * Math.sin(3 * (one - other)))
  const pairs = expectation(size, prefers)(policy)
  for (const beta of [0.1, 0.7]) {
    const loss = await load(ipo({ beta }))
    const program = await compile(
      ({ logits: given, ...batch }) => ({
        slopes: tf.grad((x) => tabularObjective(loss)({ logits: x }, batch).loss)(given as tf.Tensor),
      }),
      { ...tabularSpecs(size, pairs.weight.length), logits: { shape: [size], dtype: "float32" } },
      oneThread,
    )
    const { slopes } = await program.run({
      ...pairs,
      reference: Float32Array.from(reference, Math.log),
      logits: Float32Array.from(logits),
    })
    // Of −E[P(y ≻ π̄)] + β KL(π‖π_ref), the opponent π̄ = π held fixed, by the logit of each
    // response.
    const wins = winsOver(policy, prefers)
    const gains = policy.map((value, index) => beta * Math.log(value / (reference[index] as number)) - (wins[index] as number))
    const mean = sum(gains.map((gain, index) => gain * (policy[index] as number)))
    for (const [index, value] of policy.entries()) {
      const selfPlay = value * ((gains[index] as number) - mean)
      // The loss is the un-scaled one times β².
      expect((slopes?.[index] as number) / beta ** 2).toBeCloseTo((4 / beta) * selfPlay, 3)
    }
    expect(Math.max(...gains.map((gain, index) => Math.abs(((policy[index] as number) * (gain - mean) * 4) / beta)))).toBeGreaterThan(0.1)
  }
})
