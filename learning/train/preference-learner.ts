import * as tf from "@tensorflow/tfjs"
import type { EngineSetting, Program } from "../../engine/index.ts"
import type { Loss } from "../objective/loss.ts"
import { preferenceObjective } from "../objective/preference-objective.ts"
import type { Configuration } from "../policy/configuration.ts"
import { type Parameters, parameterShapes } from "../policy/parameters.ts"
import { batchSequences, batchSpecs, compileLogProbability, sequenceLength, sequenceLogProbability } from "../policy/sequence.ts"
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
    const length = sequenceLength(sequences, this.#configuration.context)
    const { rows, tokens, mask } = batchSequences(sequences, length)
    const program = await this.#referenceProgram(rows, length)
    const { logp } = await program.run({ tokens, mask, ...this.#reference })
    const batch = { tokens, mask, reference: logp as Float32Array, weight: Float32Array.from(pairs, ({ weight }) => weight) }
    const specs = {
      ...batchSpecs(rows, length),
      reference: { shape: [rows], dtype: "float32" },
      weight: { shape: [pairs.length], dtype: "float32" },
    } as const
    return this.#learner.step(batch, specs, learningRate)
  }

  #referenceProgram(rows: number, length: number): Promise<Program> {
    const key = `${rows} ${length}`
    const program = this.#references.get(key) ?? compileLogProbability(this.#configuration, rows, length, this.#engine)
    this.#references.set(key, program)
    return program
  }
}

/** Chosen responses are the first half of the rows, rejected ones the second. */
const pairObjective =
  (configuration: Configuration, loss: Loss): Objective =>
  (parameters, { tokens, mask, reference, weight }) =>
    preferenceObjective(loss, {
      logp: sequenceLogProbability(configuration, parameters, tokens as tf.Tensor2D, mask as tf.Tensor2D),
      reference: reference as tf.Tensor1D,
      tokens: tf.sum(mask as tf.Tensor2D, 1),
      weight: weight as tf.Tensor1D,
    })
