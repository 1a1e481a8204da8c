import type * as tf from "@tensorflow/tfjs"
import type { EngineSetting } from "../../engine/index.ts"
import type { Loss } from "../objective/loss.ts"
import { preferenceObjective } from "../objective/preference-objective.ts"
import type { Configuration } from "../policy/configuration.ts"
import { LogProbabilities } from "../policy/log-probabilities.ts"
import { packSequences } from "../policy/packing.ts"
import { type Parameters, parameterShapes } from "../policy/parameters.ts"
import { sequenceLogProbability, sumByRow } from "../policy/sequence.ts"
import { Learner, type Objective, type Snapshot, type StepReport } from "./learner.ts"

/** A labelled pair in tokens. A tie has weight 0: it keeps its place in the stream and teaches nothing. */
export interface TokenPair {
  readonly prompt: Int32Array
  readonly chosen: Int32Array
  readonly rejected: Int32Array
  readonly weight: number
}

/**
 * A policy that learns from pairs beside a frozen reference.
 * The offline and the online optimiser are loops around this one step, so that equal pairs in equal order give equal weights.
 */
export class PreferenceLearner {
  readonly #configuration: Configuration
  readonly #reference: Parameters
  readonly #learner: Learner
  readonly #logProbabilities: LogProbabilities

  constructor(configuration: Configuration, reference: Parameters, loss: Loss, engine: EngineSetting, weightDecay = 0) {
    this.#configuration = configuration
    this.#reference = reference
    this.#logProbabilities = new LogProbabilities(configuration, engine)
    this.#learner = new Learner(parameterShapes(configuration), reference, pairObjective(configuration, loss), engine, weightDecay)
  }

  get parameters(): Parameters {
    return this.#learner.parameters
  }

  get steps(): number {
    return this.#learner.steps
  }

  snapshot(): Snapshot {
    return this.#learner.snapshot()
  }

  restore(snapshot: Snapshot): void {
    this.#learner.restore(snapshot)
  }

  /**
   * One step on a batch of pairs. Reports, averaged over the pairs that are not ties: `loss`, `margin` (Δ, nats), `accuracy` (share of Δ > 0, where Δ = 0 counts ½),
   * and the change of log-likelihood since the reference, `chosen_logp_change` and `rejected_logp_change` (nats).
   */
  async step(pairs: ReadonlyArray<TokenPair>, learningRate: number): Promise<StepReport> {
    const sequences = [
      ...pairs.map(({ prompt, chosen }) => ({ prompt, response: chosen })),
      ...pairs.map(({ prompt, rejected }) => ({ prompt, response: rejected })),
    ]
    const packed = packSequences(sequences, this.#configuration.context)
    const reference = await this.#logProbabilities.ofPacked(this.#reference, packed)
    const batch = { ...packed.values, reference, weight: Float32Array.from(pairs, ({ weight }) => weight) }
    const specs = {
      ...packed.specs,
      reference: { shape: [sequences.length], dtype: "float32" },
      weight: { shape: [pairs.length], dtype: "float32" },
    } as const
    return this.#learner.step(batch, specs, learningRate)
  }
}

/** Chosen responses are the first half of the rows, rejected ones the second. */
const pairObjective =
  (configuration: Configuration, loss: Loss): Objective =>
  (parameters, { reference, weight, ...packed }) =>
    preferenceObjective(loss, {
      logp: sequenceLogProbability(configuration, parameters, packed),
      reference: reference as tf.Tensor1D,
      tokens: sumByRow(packed.weights as tf.Tensor1D, packed),
      weight: weight as tf.Tensor1D,
    })
