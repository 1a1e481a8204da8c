/**
 * The bandit of Tajwar et al. 2024 (arXiv 2404.14367): a hundred arms, a reference that is thin
 * where one of two rewards is highest. Learning from its own draws, a policy gets there; learning
 * from the reference's, it does not, and what it misses is what the reference does not cover.
 */

import { expect, test } from "vitest"
import { uniforms } from "../../engine/random/philox.ts"
import type { Loss } from "../../learning/objective/loss.ts"
import { bo2, dpo, ipo } from "../../learning/objective/losses.ts"
import { load } from "../learning/support/loss.ts"
import { sum, TabularLearner, type TabularPairs } from "../learning/support/tabular.ts"

const arms = 100

/**
 * 10,000 draws of tanh of a Cauchy number around −0.7 of scale 0.4, in a hundred bins. A tenth of a
 * draw keeps bins that got none possible.
 */
const reference = (() => {
  const counts = new Array<number>(arms).fill(0.1)
  for (const u of uniforms(7, "reference of the bandit", 0, new Float32Array(10_000))) {
    const value = Math.tanh(-0.7 + 0.4 * Math.tan(Math.PI * (u - 0.5)))
    const bin = Math.min(arms - 1, Math.floor(((value + 1) / 2) * arms))
    counts[bin] = (counts[bin] as number) + 1
  }
  const total = sum(counts)
  return counts.map((count) => count / total)
})()

const rewards = (peak: number) => Array.from({ length: arms }, (_, arm) => Math.exp(-(((arm - peak) / 10) ** 2)))
const mean = (policy: ReadonlyArray<number>, reward: ReadonlyArray<number>) => sum(policy.map((p, arm) => p * (reward[arm] as number)))

/** The distribution of the better of two draws. */
const bestOfTwo = (policy: ReadonlyArray<number>, reward: ReadonlyArray<number>) =>
  policy.map((p, one) =>
    sum(
      policy.map(
        (q, other) =>
          p * q * (one === other ? 1 : (reward[one] as number) > (reward[other] as number) ? 2 : reward[one] === reward[other] ? 1 : 0),
      ),
    ),
  )

/**
 * Pairs of draws by inverse distribution function, labelled by reward; equal rewards tie, and have
 * no weight.
 */
const labelledDraws = (policy: ReadonlyArray<number>, reward: ReadonlyArray<number>, count: number, index: number): TabularPairs => {
  let reached = 0
  const cumulative = policy.map((p) => (reached += p))
  const draws = Array.from(uniforms(3, "draws", index, new Float32Array(2 * count)), (u) => {
    const arm = cumulative.findIndex((each) => u < each)
    return arm < 0 ? arms - 1 : arm
  })
  const pairs = Array.from({ length: count }, (_, pair) => {
    const [one, other] = [draws[2 * pair] as number, draws[2 * pair + 1] as number]
    return (reward[one] as number) >= (reward[other] as number) ? [one, other] : [other, one]
  })
  return {
    chosen: Int32Array.from(pairs, ([one]) => one as number),
    rejected: Int32Array.from(pairs, ([, other]) => other as number),
    weight: Float32Array.from(pairs, ([one, other]) => (reward[one as number] === reward[other as number] ? 0 : 1)),
  }
}

const steps = 1000
const batch = 32
const learningRate = 0.02

/** On fresh draws of the policy as it is. */
const onPolicy = async (loss: Loss, reward: ReadonlyArray<number>) => {
  const learner = new TabularLearner(reference, await load(loss))
  for (let step = 0; step < steps; step++) await learner.step(labelledDraws(learner.policy, reward, batch, step), learningRate)
  return learner.policy
}

/** On as many draws of the reference. */
const offPolicy = async (loss: Loss, reward: ReadonlyArray<number>) => {
  const learner = new TabularLearner(reference, await load(loss))
  for (let step = 0; step < steps; step++) await learner.step(labelledDraws(reference, reward, batch, step), learningRate)
  return learner.policy
}

test("the reference and the best of two of its draws are worth what they are in the paper", () => {
  for (const [peak, ofReference, ofBest] of [
    [70, 0.039, 0.076],
    [20, 0.377, 0.584],
  ] as const) {
    const reward = rewards(peak)
    expect(Math.abs(mean(reference, reward) - ofReference)).toBeLessThan(0.01)
    expect(Math.abs(mean(bestOfTwo(reference, reward), reward) - ofBest)).toBeLessThan(0.01)
  }
})

/** E[reward] of what a loss learns from its own draws, and from the reference's. */
const worth = async (loss: Loss, peak: number) => {
  const reward = rewards(peak)
  return { own: mean(await onPolicy(loss, reward), reward), given: mean(await offPolicy(loss, reward), reward) }
}

test.each([
  ["IPO", ipo({ beta: 0.1 })],
  ["DPO", dpo({ beta: 0.1 })],
])("%s clearly gains by its own draws where the reference is thin, and hardly where it is thick", async (_, loss) => {
  const [thin, thick] = [await worth(loss, 70), await worth(loss, 20)]
  expect(thin.own - thin.given).toBeGreaterThan(0.3)
  expect(Math.abs(thick.own - thick.given)).toBeLessThan(0.05)
  expect(Math.min(thick.own, thick.given)).toBeGreaterThan(0.85)
})

test("best of two, taught by the reference, ends at the best of two of its draws; taught by its own, it goes on to the best arm", async () => {
  for (const peak of [70, 20]) {
    const { own, given } = await worth(bo2(), peak)
    expect(Math.abs(given - mean(bestOfTwo(reference, rewards(peak)), rewards(peak)))).toBeLessThan(0.02)
    expect(own).toBeGreaterThan(0.9)
  }
})
