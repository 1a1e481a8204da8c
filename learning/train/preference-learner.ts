import type { EngineSetting } from "../../engine/index.ts"
import type { PairLoss } from "../objective/loss.ts"
import { preferenceObjective } from "../objective/preference-objective.ts"
import type { Configuration } from "../policy/configuration.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import { PairLearner } from "./pair-learner.ts"

/**
 * A policy that learns from pairs by a declared loss, beside a frozen reference from which it
 * starts. Beside what every PairLearner does, a step reports, averaged over the pairs that are not
 * ties: `loss`, `margin` (Δ, nats), `accuracy` (share of Δ > 0, where Δ = 0 counts ½), and the
 * change of log-likelihood since the reference, `chosen_logp_change` and `rejected_logp_change`
 * (nats).
 */
export class PreferenceLearner extends PairLearner {
  constructor(configuration: Configuration, reference: WeightsByName, loss: PairLoss, engine: EngineSetting, weightDecay = 0) {
    const objective = (responses: Parameters<typeof preferenceObjective>[1]) => preferenceObjective(loss, responses)
    super({ configuration, parameters: reference }, objective, { engine, weightDecay, reference })
  }
}
