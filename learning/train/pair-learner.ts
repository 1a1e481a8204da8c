import type * as tf from "@tensorflow/tfjs"
import { type EngineSetting, recomputed } from "../../engine/index.ts"
import type { PairedResponses } from "../objective/preference-objective.ts"
import { trainable } from "../policy/adapter/lora.ts"
import type { AsBlock } from "../policy/configuration.ts"
import type { Policy } from "../policy/files.ts"
import { PairBatch } from "../policy/pair-batch.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import { responseLengths, sequenceLogProbability } from "../policy/sequence.ts"
import type { TokenPair } from "../policy/token-pair.ts"
import { TruncationCount } from "../policy/truncation-count.ts"
import { Learner } from "../trainer/learner.ts"
import { type Batch, inParts, type Objective, type Part, type StepReport } from "../trainer/objective.ts"
import type { Resumable, SavedState } from "../trainer/saved-state.ts"
import { ReferenceLogProbabilities } from "./reference-log-probabilities.ts"

/**
 * What a step on a batch of pairs makes smaller, `loss`, and any other scalars that it reports. The
 * values of responses are [2 · pairs]; `splitSides` gives those of the chosen and of the rejected
 * ones.
 */
export type PairObjective = (responses: PairedResponses) => { readonly loss: tf.Scalar } & Readonly<Record<string, tf.Scalar>>

/** What a PairLearner has besides its policy and its objective. */
export interface PairLearnerOptions {
  readonly engine: EngineSetting
  /** λ of AdamW on matrices; 0, the default, is Adam. */
  readonly weightDecay?: number
  /**
   * The frozen policy that the objective compares with. Without them a step costs one
   * forward pass less, and an objective that reads `reference` fails.
   */
  readonly reference?: Pick<Policy, "configuration" | "parameters"> | undefined
  /**
   * Into how many parts a batch is split, whose gradients are computed one after another and summed
   * (gradient accumulation); 1, the default, splits nothing.
   */
  readonly parts?: number | undefined
  /**
   * Whether the gradient computes what a layer computes again, which takes time and saves memory.
   */
  readonly recompute?: boolean | undefined
}

/**
 * A policy that learns from pairs. The offline and the online optimiser are loops around this one
 * step, so that equal pairs in equal order give equal weights.
 */
export class PairLearner implements Resumable {
  readonly #context: number
  readonly #parts: number
  readonly #learner: Learner
  readonly #reference: ReferenceLogProbabilities | undefined
  readonly #truncated = new TruncationCount()
  #useful = 0

  constructor(policy: Pick<Policy, "configuration" | "parameters">, objective: PairObjective, options: PairLearnerOptions) {
    const { configuration, parameters } = policy
    const { engine, weightDecay, reference, parts = 1, recompute = false } = options
    this.#context = configuration.context
    this.#parts = parts
    this.#reference = reference === undefined ? undefined : new ReferenceLogProbabilities(reference, engine)
    const { trained, frozen } = trainable(configuration)
    const asBlock = recompute ? recomputed((name) => trained[name] !== undefined) : undefined
    this.#learner = new Learner(trained, parameters, onBatch(policy, objective, asBlock), engine, {
      weightDecay,
      frozen,
    })
  }

  /** All weights as they are now; the next step but one overwrites the arrays of those trained. */
  get parameters(): WeightsByName {
    return this.#learner.parameters
  }

  /** Those of them that are trained. */
  get trained(): WeightsByName {
    return this.#learner.trained
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#learner.steps
  }

  /** Pairs so far that had a weight. */
  get useful(): number {
    return this.#useful
  }

  /** Prints one line if pairs were cut to the context. */
  printCounts(): void {
    this.#truncated.print("the learner", "pairs", this.#context)
  }

  /** All that the next step depends on, copied. */
  snapshot(): SavedState {
    const counts = { useful: Float32Array.of(this.#useful), truncated: this.#truncated.saved }
    return { ...this.#learner.snapshot(), ...this.#reference?.snapshot(), ...counts }
  }

  /** Resumes from a snapshot, as `Learner` does. */
  restore(saved: SavedState): void {
    const { useful, truncated, reference = new Float32Array(), ...learner } = saved
    this.#learner.restore(learner)
    this.#reference?.restore({ reference })
    this.#useful = useful?.[0] ?? 0
    this.#truncated.restore(truncated)
  }

  /**
   * One step on a batch of pairs. Reports what the objective does and `gradient_norm`, and counts
   * `pairs`, `useful_pairs`, which had a weight, and what did not fit the context: pairs with
   * `truncated_prompts`, `truncated_responses`, and `empty_pairs`, which the cut has left nothing
   * to teach. Throws a StageError `Diverged`, as `Learner` does.
   */
  async step(pairs: ReadonlyArray<TokenPair>, learningRate: number): Promise<StepReport> {
    const batches = inParts(pairs, this.#parts).map((part) => new PairBatch(part, this.#context))
    const useful = batches.reduce((sum, batch) => sum + batch.useful, 0)
    const parts: Array<Part> = []
    for (const batch of batches) {
      const inputs = await this.#withReference(batch)
      // The objective is a mean over the pairs that have a weight.
      parts.push({ ...inputs, share: batches.length === 1 ? 1 : batch.useful / Math.max(useful, 1) })
    }
    const report = await this.#learner.stepInParts(parts, learningRate)
    const truncated = new TruncationCount()
    for (const count of [truncated, this.#truncated])
      for (const batch of batches) for (const { cut, isEmpty } of batch.pairs) count.add(cut, isEmpty)
    this.#useful += useful
    return { ...report, pairs: pairs.length, useful_pairs: useful, ...truncated.values }
  }

  async #withReference(batch: PairBatch): Promise<Batch> {
    const { values, specs } = batch
    if (this.#reference === undefined) return { values, specs }
    const reference = await this.#reference.of(batch)
    return { values: { ...values, reference }, specs: { ...specs, reference: { shape: [reference.length], dtype: "float32" } } }
  }
}

/** An objective on pairs as one on the inputs of a program, those of a `PairBatch`. */
const onBatch =
  ({ configuration }: Pick<Policy, "configuration">, objective: PairObjective, asBlock: AsBlock | undefined): Objective =>
  (parameters, { reference, weight, ...packed }) =>
    objective({
      logp: sequenceLogProbability(configuration, parameters, packed, asBlock),
      get reference() {
        if (reference !== undefined) return reference as tf.Tensor1D
        throw new TypeError("the objective reads `reference`, and its learner has none: give PairLearner a reference")
      },
      tokens: responseLengths(packed),
      weight: weight as tf.Tensor1D,
    })
