import { StageError } from "assay"
import type { EngineSetting, NamedValues, TensorSpecs } from "../../engine/index.ts"
import type { Shapes } from "../policy/configuration.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import { type AdamState, adamState, decayOf, vectorsOf } from "./adam.ts"
import type { Objective, Part, StepReport, Training } from "./objective.ts"
import { sizeOfAll } from "./parameter-vector.ts"
import type { Resumable, SavedState } from "./saved-state.ts"
import { StepAtOnce } from "./step-at-once.ts"
import { StepInParts } from "./step-in-parts.ts"

/**
 * Trained parameters up to which a step is one program: it is faster, and takes the state twice and
 * as much again for what is computed in between.
 */
const mostAtOnce = 2 ** 22

/** What a Learner has besides its objective. */
export interface LearnerOptions {
  /** λ of AdamW on matrices; 0, the default, is Adam. */
  readonly weightDecay?: number | undefined
  /** Shapes of parameters that are not trained. */
  readonly frozen?: Shapes
}

/** Parameters in training by Adam, or AdamW (see adam.ts). */
export class Learner implements Resumable {
  readonly #training: Training
  readonly #isSmall: boolean
  #atOnce: StepAtOnce | undefined
  #inParts: StepInParts | undefined
  #state: AdamState
  /** What a step at once goes to. */
  #spare: AdamState | undefined
  #steps = 0
  #lastFinite: { readonly step: number; readonly loss: number } | undefined

  /**
   * Trains the parameters of `shapes`; those of `frozen` stay as they are in `initial`, and are not
   * copied. `weightDecay` λ takes λ times the learning rate off every trained matrix at each
   * step; vectors (biases and gains) are left as they are.
   */
  constructor(
    shapes: Shapes,
    initial: WeightsByName,
    objective: Objective,
    engine: EngineSetting,
    { weightDecay = 0, frozen = {} }: LearnerOptions = {},
  ) {
    const still = Object.fromEntries(Object.keys(frozen).map((name) => [name, initial[name] as Float32Array]))
    const decay = decayOf(shapes, weightDecay)
    this.#training = { shapes, frozen: { shapes: frozen, values: still }, objective, decay, engine }
    this.#isSmall = sizeOfAll(shapes) <= mostAtOnce
    this.#state = adamState(shapes)
    for (const [name, values] of Object.entries(this.trained)) values.set(initial[name] as Float32Array)
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#steps
  }

  /** All parameters as they are now; the next step overwrites the arrays of those trained. */
  get parameters(): WeightsByName {
    return { ...this.#training.frozen.values, ...this.trained }
  }

  /** The trained parameters as they are now; the next step overwrites these arrays. */
  get trained(): WeightsByName {
    return this.#state.parameters.parts
  }

  /**
   * One step at this learning rate. Throws a StageError `Diverged` if the loss or its gradient is
   * not finite; the parameters are then those of the step before.
   */
  step(values: NamedValues, specs: TensorSpecs, learningRate: number): Promise<StepReport> {
    return this.stepInParts([{ values, specs, share: 1 }], learningRate)
  }

  /**
   * The same on a batch in parts, of which one at a time is computed: the loss, what else is
   * reported, and the gradient are the sums of those of the parts by their shares.
   */
  async stepInParts(parts: ReadonlyArray<Part>, learningRate: number): Promise<StepReport> {
    const step = this.#steps + 1
    this.#steps = step
    const [only, ...others] = parts
    if (this.#isSmall && only !== undefined && others.length === 0) {
      this.#atOnce ??= new StepAtOnce(this.#training)
      const [state, next] = [this.#state, this.#spare ?? adamState(this.#training.shapes)]
      const report = await this.#atOnce.step(only, { state, next, learningRate, step })
      this.#check(report)
      this.#state = next
      this.#spare = state
      return report
    }
    this.#inParts ??= new StepInParts(this.#training)
    const report = await this.#inParts.differentiate(this.#state, parts)
    this.#check(report)
    await this.#inParts.update(this.#state, report.gradient_norm as number, learningRate, step)
    return report
  }

  #check({ loss = Number.NaN, gradient_norm: norm = Number.NaN }: StepReport): void {
    if (Number.isFinite(loss)) this.#lastFinite = { step: this.#steps, loss }
    if (!Number.isFinite(loss)) throw diverged(this.#steps, `loss is ${loss}`, this.#lastFinite)
    if (!Number.isFinite(norm)) throw diverged(this.#steps, `gradient's norm is ${norm}`, this.#lastFinite)
  }

  /** All that the next step depends on, copied. */
  snapshot(): Snapshot {
    const { step, loss } = this.#lastFinite ?? { step: 0, loss: Number.NaN }
    return { ...structuredClone(vectorsOf(this.#state)), steps: Float32Array.of(this.#steps), finite: Float32Array.of(step, loss) }
  }

  /**
   * Resumes from a snapshot of a learner of the same shapes: every further step has the same bits.
   */
  restore(saved: SavedState): void {
    const { steps, finite, ...vectors } = saved as Snapshot
    for (const [name, values] of Object.entries(vectorsOf(this.#state))) values.set(vectors[name as keyof typeof vectors])
    this.#steps = steps[0] as number
    const [step = 0, loss = Number.NaN] = finite
    this.#lastFinite = step === 0 ? undefined : { step, loss }
  }
}

/**
 * A learner at rest: its state, the steps taken so far, and the last step whose loss was finite
 * with that loss.
 */
export type Snapshot = Readonly<Record<"parameters" | "first" | "second" | "steps" | "finite", Float32Array>>

const diverged = (step: number, problem: string, last: { readonly step: number; readonly loss: number } | undefined): StageError =>
  new StageError(
    "Diverged",
    `the ${problem} at step ${step}; ${last === undefined ? "no loss was finite" : `the last finite loss was ${last.loss} at step ${last.step}`}. Lower the learning rate`,
    { step, ...(last === undefined ? {} : { lastFiniteLoss: last.loss }) },
  )
