import type * as tf from "@tensorflow/tfjs"
import type { EngineSetting } from "../../engine/index.ts"
import type { PairLoss } from "../objective/loss.ts"
import { preferenceObjective } from "../objective/preference-objective.ts"
import type { Configuration } from "../policy/configuration.ts"
import { LogProbabilities } from "../policy/log-probabilities.ts"
import { packSequences } from "../policy/packing.ts"
import { PairBatch } from "../policy/pair-batch.ts"
import { parameterShapes, type WeightsByName } from "../policy/parameters.ts"
import { sequenceLogProbability, sumByRow } from "../policy/sequence.ts"
import type { TokenPair } from "../policy/token-pair.ts"
import { TruncationCount } from "../policy/truncation-count.ts"
import { Learner, type Objective, type Snapshot, type StepReport } from "../trainer/learner.ts"

/** Of a learner, and of what it has been shown so far. */
export type PreferenceSnapshot = Snapshot & Readonly<Record<"useful" | "truncated", Float32Array>>

/**
 * A policy that learns from pairs beside a frozen reference. The offline and the online optimiser
 * are loops around this one step, so that equal pairs in equal order give equal weights.
 */
export class PreferenceLearner {
  readonly #configuration: Configuration
  readonly #reference: WeightsByName
  readonly #learner: Learner
  readonly #logProbabilities: LogProbabilities
  readonly #truncated = new TruncationCount()
  #useful = 0

  constructor(configuration: Configuration, reference: WeightsByName, loss: PairLoss, engine: EngineSetting, weightDecay = 0) {
    this.#configuration = configuration
    this.#reference = reference
    this.#logProbabilities = new LogProbabilities(configuration, engine)
    this.#learner = new Learner(parameterShapes(configuration), reference, pairObjective(configuration, loss), engine, weightDecay)
  }

  get parameters(): WeightsByName {
    return this.#learner.parameters
  }

  get steps(): number {
    return this.#learner.steps
  }

  /** Pairs so far that had a weight. */
  get useful(): number {
    return this.#useful
  }

  /** What was cut of the pairs so far. */
  get truncated(): TruncationCount {
    return this.#truncated
  }

  snapshot(): PreferenceSnapshot {
    return { ...this.#learner.snapshot(), useful: Float32Array.of(this.#useful), truncated: this.#truncated.saved }
  }

  restore({ useful, truncated, ...snapshot }: PreferenceSnapshot): void {
    this.#learner.restore(snapshot)
    this.#useful = useful[0] as number
    this.#truncated.restore(truncated)
  }

  /**
   * One step on a batch of pairs. Reports, averaged over the pairs that are not ties: `loss`,
   * `margin` (Δ, nats), `accuracy` (share of Δ > 0, where Δ = 0 counts ½), and the change of
   * log-likelihood since the reference, `chosen_logp_change` and `rejected_logp_change` (nats).
   * Counted are `pairs`, `useful_pairs`, which had a weight, and what did not fit the context:
   * pairs with `truncated_prompts`, `truncated_responses`, and `empty_pairs`, which the cut has
   * left nothing to teach.
   */
  async step(pairs: ReadonlyArray<TokenPair>, learningRate: number): Promise<StepReport> {
    const { context } = this.#configuration
    const batch = new PairBatch(pairs, context)
    const packed = packSequences(batch.rows, context)
    const reference = await this.#logProbabilities.ofPacked(this.#reference, packed)
    const values = { ...packed.values, reference, weight: batch.weights }
    const specs = {
      ...packed.specs,
      reference: { shape: [reference.length], dtype: "float32" },
      weight: { shape: [pairs.length], dtype: "float32" },
    } as const
    const report = await this.#learner.step(values, specs, learningRate)
    const truncated = new TruncationCount()
    for (const count of [truncated, this.#truncated]) for (const { cut, isEmpty } of batch.pairs) count.add(cut, isEmpty)
    this.#useful += batch.useful
    return { ...report, pairs: pairs.length, useful_pairs: batch.useful, ...truncated.values }
  }
}

/** The objective on a batch of pairs whose rows lie as in a `PairBatch`. */
const pairObjective =
  (configuration: Configuration, loss: PairLoss): Objective =>
  (parameters, { reference, weight, ...packed }) =>
    preferenceObjective(loss, {
      logp: sequenceLogProbability(configuration, parameters, packed),
      reference: reference as tf.Tensor1D,
      tokens: sumByRow(packed.weights as tf.Tensor1D, packed),
      weight: weight as tf.Tensor1D,
    })
