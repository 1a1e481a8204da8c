import * as tf from "@tensorflow/tfjs"
import { describe, expect, test } from "vitest"
import { dpo } from "../../../learning/objective/losses.ts"
import { weightedMean } from "../../../learning/objective/margin.ts"
import { splitSides } from "../../../learning/policy/pair-batch.ts"
import { tokenizePair } from "../../../learning/policy/token-pair.ts"
import { PairLearner, type PairObjective } from "../../../learning/train/pair-learner.ts"
import { PreferenceLearner } from "../../../learning/train/preference-learner.ts"
import { load } from "../support/loss.ts"
import { oneThread } from "../support/stage.ts"
import { easyPreferences, tinyPolicy, tokenizer } from "../support/toy.ts"

const policy = tinyPolicy(1)
const pairs = easyPreferences(8).map((row) => tokenizePair(tokenizer, row))

/** DPO as a user would write it. */
const dpoOfOnes =
  (beta: number): PairObjective =>
  ({ logp, reference, weight }) => {
    const [chosen, rejected] = splitSides(tf.sub(logp, reference))
    return { loss: weightedMean(tf.softplus(tf.mul(tf.sub(chosen, rejected), -beta)), weight) }
  }

const train = async (learner: PairLearner) => {
  const losses: Array<number> = []
  for (let step = 0; step < 5; step++) losses.push((await learner.step(pairs, 1e-2)).loss as number)
  return losses
}

describe("a learner of pairs", () => {
  test("with an objective that a user has written learns as with the declared loss", async () => {
    const theirs = await train(new PairLearner(policy, dpoOfOnes(0.1), { engine: oneThread, reference: policy }))
    const ours = await train(new PreferenceLearner(policy, policy, await load(dpo({ beta: 0.1 })), oneThread))
    expect(theirs[0]).toBeCloseTo(Math.log(2), 6)
    expect(theirs[4]).toBeLessThan(0.6)
    for (const [step, loss] of theirs.entries()) expect(loss).toBeCloseTo(ours[step] as number, 4)
  })

  test("learns from a batch that is half ties what it learns from the others alone, bit for bit", async () => {
    const ties = pairs.map((pair) => ({ ...pair, weight: 0 }))
    const mixed = pairs.flatMap((pair, place) => [ties[place] as (typeof pairs)[number], pair])
    const objective = dpoOfOnes(0.1)
    const [alone, among] = [pairs, mixed].map(async (batch) => {
      const learner = new PairLearner(policy, objective, { engine: oneThread, reference: policy })
      for (let step = 0; step < 3; step++) await learner.step(batch, 1e-2)
      return learner.parameters
    })
    expect(await among).toEqual(await alone)
  })

  test("takes a step on ties alone, which counts no useful pair and has a loss of 0", async () => {
    const learner = new PairLearner(policy, dpoOfOnes(0.1), { engine: oneThread, reference: policy })
    const report = await learner.step(
      pairs.map((pair) => ({ ...pair, weight: 0 })),
      1e-2,
    )
    expect(report).toMatchObject({ pairs: 8, useful_pairs: 0, loss: 0 })
  })

  test("without a reference refuses an objective that reads one, and says what to pass", async () => {
    const learner = new PairLearner(policy, dpoOfOnes(0.1), { engine: oneThread })
    await expect(learner.step(pairs, 1e-2)).rejects.toThrow("give PairLearner a reference")
  })

  test("reports what the objective reports, and counts pairs and those that teach", async () => {
    const objective: PairObjective = ({ logp, tokens, weight }) => {
      const [chosen] = splitSides(tf.div(logp, tokens))
      const nll = weightedMean(tf.neg(chosen), weight)
      return { loss: nll, twice: tf.mul(nll, 2) as tf.Scalar }
    }
    const learner = new PairLearner(policy, objective, { engine: oneThread })
    const [first, ...rest] = pairs
    const report = await learner.step([{ ...(first as (typeof pairs)[number]), weight: 0 }, ...rest], 1e-2)
    expect(report.twice).toBeCloseTo(2 * (report.loss as number), 5)
    expect(report).toMatchObject({ pairs: 8, useful_pairs: 7, truncated_prompts: 0, truncated_responses: 0, empty_pairs: 0 })
  })
})
