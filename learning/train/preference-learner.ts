import type { EngineSetting } from "../../engine/index.ts"
import type { PairLoss } from "../objective/loss.ts"
import { preferenceObjective } from "../objective/preference-objective.ts"
import type { Policy } from "../policy/files.ts"
import { PairLearner, type PairLearnerOptions } from "./pair-learner.ts"

type Model = Pick<Policy, "configuration" | "parameters">
type Options = Omit<PairLearnerOptions, "engine" | "reference">

interface LearnerParameters {
  readonly weightDecay: number
  readonly gradientAccumulation: number
  readonly recomputeActivations: boolean
}

/**
 * A policy that learns from pairs by a declared loss, beside a frozen reference. Beside what every
 * PairLearner does, a step reports, averaged over the pairs that are not ties: `loss`, `margin` (Δ,
 * nats), `accuracy` (share of Δ > 0, where Δ = 0 counts ½), and the change of log-likelihood since
 * the reference, `chosen_logp_change` and `rejected_logp_change` (nats).
 */
export class PreferenceLearner extends PairLearner {
  constructor(policy: Model, reference: Model, loss: PairLoss, engine: EngineSetting, options: Options = {}) {
    const objective = (responses: Parameters<typeof preferenceObjective>[1]) => preferenceObjective(loss, responses)
    super(policy, objective, { engine, reference, ...options })
  }
}

/** How it learns, from the parameters of a stage. */
export const learnerOptions = ({ weightDecay, gradientAccumulation, recomputeActivations }: LearnerParameters): Options => ({
  weightDecay,
  parts: gradientAccumulation,
  recompute: recomputeActivations,
})
