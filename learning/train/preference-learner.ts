import * as tf from "@tensorflow/tfjs"
import type { EngineSetting, Program, TensorSpecs } from "../../engine/index.ts"
import type { Loss } from "../objective/loss.ts"
import { marginLoss } from "../objective/margin-loss.ts"
import type { Configuration } from "../policy/configuration.ts"
import { packSequences } from "../policy/packing.ts"
import { type Parameters, parameterShapes } from "../policy/parameters.ts"
import { compileLogProbability, sequenceLogProbability } from "../policy/sequence.ts"
import { Learner, type Objective, type StepReport } from "./learner.ts"

/** A labelled pair in tokens. A tie has weight 0: it keeps its place in the stream and teaches nothing. */
export interface TokenPair {
  readonly prompt: Int32Array
  readonly chosen: Int32Array
  readonly rejected: Int32Array
  readonly weight: number
}

/**
 * A policy that learns from pairs by a contrastive loss against a frozen reference.
 * The offline and the online optimiser are loops around this one step, so that equal pairs in equal order give equal weights.
 */
export class PreferenceLearner {
  readonly #configuration: Configuration
  readonly #reference: Parameters
  readonly #engine: EngineSetting
  readonly #learner: Learner
  readonly #references = new Map<string, Promise<Program>>()

  constructor(configuration: Configuration, reference: Parameters, loss: Loss, engine: EngineSetting) {
    this.#configuration = configuration
    this.#reference = reference
    this.#engine = engine
    this.#learner = new Learner(parameterShapes(configuration), reference, pairObjective(configuration, loss), engine)
  }

  get parameters(): Parameters {
    return this.#learner.parameters
  }

  get steps(): number {
    return this.#learner.steps
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
    const program = await this.#referenceProgram(packed.specs)
    const { logp } = await program.run({ ...packed.values, ...this.#reference })
    const batch = { ...packed.values, reference: logp as Float32Array, weight: Float32Array.from(pairs, ({ weight }) => weight) }
    const specs = {
      ...packed.specs,
      reference: { shape: [sequences.length], dtype: "float32" },
      weight: { shape: [pairs.length], dtype: "float32" },
    } as const
    return this.#learner.step(batch, specs, learningRate)
  }

  #referenceProgram(specs: TensorSpecs): Promise<Program> {
    const key = JSON.stringify(specs)
    const program = this.#references.get(key) ?? compileLogProbability(this.#configuration, specs, this.#engine)
    this.#references.set(key, program)
    return program
  }
}

/** Chosen responses are the first half of the rows, rejected ones the second. */
const pairObjective =
  (configuration: Configuration, loss: Loss): Objective =>
  (parameters, { reference, weight, ...packed }) => {
    const pairs = (weight as tf.Tensor1D).shape[0]
    const logp = sequenceLogProbability(configuration, parameters, packed)
    const ratio = tf.sub(logp, reference as tf.Tensor1D) as tf.Tensor1D
    const chosen = tf.slice(ratio, [0], [pairs])
    const rejected = tf.slice(ratio, [pairs], [pairs])
    const margins = tf.sub(chosen, rejected) as tf.Tensor1D
    const useful = tf.maximum(tf.sum(weight as tf.Tensor1D), 1)
    const average = (values: tf.Tensor): tf.Scalar => tf.div(tf.sum(tf.mul(values, weight as tf.Tensor1D)), useful)
    return {
      loss: average(marginLoss(loss, margins)),
      margin: average(margins),
      accuracy: average(tf.div(tf.add(tf.sign(margins), 1), 2)),
      chosen_logp_change: average(chosen),
      rejected_logp_change: average(rejected),
    }
  }
