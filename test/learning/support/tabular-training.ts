import type { PairLoss } from "../../../learning/objective/loss.ts"
import { warmupCosine } from "../../../learning/trainer/schedule.ts"
import { expectation, type Preference, TabularLearner } from "./tabular.ts"

export interface TabularTraining {
  readonly steps?: number
  /** Where training starts: the reference by default. */
  readonly initial?: ReadonlyArray<number>
}

const learningRate = 0.1

/** What a loss learns from the expectation over pairs of the fixed policy `from`. */
export const trainOffline = async (
  reference: ReadonlyArray<number>,
  loss: PairLoss,
  from: ReadonlyArray<number>,
  prefers: Preference,
  { steps = 400, initial = reference }: TabularTraining = {},
): Promise<ReadonlyArray<number>> => {
  const learner = new TabularLearner(reference, loss, initial)
  const pairs = expectation(reference.length, prefers)(from)
  for (let step = 1; step <= steps; step++) await learner.step(pairs, warmupCosine(step, steps, learningRate))
  return learner.policy
}

/** What a loss learns from the expectation over pairs of the policy as it is at each step. */
export const trainOnline = async (
  reference: ReadonlyArray<number>,
  loss: PairLoss,
  prefers: Preference,
  { steps = 400, initial = reference }: TabularTraining = {},
): Promise<ReadonlyArray<number>> => {
  const learner = new TabularLearner(reference, loss, initial)
  const pairs = expectation(reference.length, prefers)
  for (let step = 1; step <= steps; step++) await learner.step(pairs(learner.policy), warmupCosine(step, steps, learningRate))
  return learner.policy
}
