import * as tf from "@tensorflow/tfjs"
import { StageError } from "assay"
import { compile, type EngineSetting, type NamedTensors, type NamedValues, ProgramCache, type TensorSpecs } from "../../engine/index.ts"
import type { Shapes } from "../policy/configuration.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import { specsOf } from "../policy/specs.ts"
import type { Resumable, SavedState } from "./saved-state.ts"

/** What one step is to make smaller, and what it reports: `loss` and any other scalars. */
export type Objective = (
  parameters: NamedTensors,
  batch: NamedTensors,
) => { readonly loss: tf.Scalar } & Readonly<Record<string, tf.Scalar>>

/** Reported scalars of one step, the loss and the gradient's norm among them. */
export type StepReport = Readonly<Record<string, number>>

/** What a Learner has besides its objective. */
export interface LearnerOptions {
  /** λ of AdamW on matrices; 0, the default, is Adam. */
  readonly weightDecay?: number | undefined
  /** Shapes of parameters that are not trained. */
  readonly frozen?: Shapes
}

const beta1 = 0.9
const beta2 = 0.999
const epsilon = 1e-8
const maxGradientNorm = 1

/**
 * Parameters in training: AdamW (Loshchilov & Hutter 2019) on gradients clipped to global norm 1;
 * without decay, Adam (Kingma & Ba 2015). Gradients, clipping and update are one program for each
 * shape of batch. All parameters lie in one vector, and so do their moments; a step takes the three
 * from one set of buffers to the other, and the next step takes them back.
 */
export class Learner implements Resumable {
  readonly #shapes: Shapes
  /** Parameters that are not trained, and how a program takes them. */
  readonly #frozen: WeightsByName
  readonly #frozenSpecs: TensorSpecs
  readonly #size: number
  readonly #weightDecay: number
  readonly #programs: ProgramCache<TensorSpecs>
  #state: State
  #spare: State
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
    this.#shapes = shapes
    this.#frozen = Object.fromEntries(Object.keys(frozen).map((name) => [name, initial[name] as Float32Array]))
    this.#frozenSpecs = specsOf(frozen)
    this.#size = Object.values(shapes).reduce((total, shape) => total + sizeOf(shape), 0)
    this.#weightDecay = weightDecay
    this.#state = emptyState(this.#size)
    this.#spare = emptyState(this.#size)
    const vector = { shape: [this.#size], dtype: "float32" } as const
    const scalar = { shape: [], dtype: "float32" } as const
    const state = { parameters: vector, first: vector, second: vector, rate: scalar, decayRate: scalar }
    const update = updateStep({ shapes, frozen }, objective, weightDecay > 0)
    this.#programs = new ProgramCache((specs) => compile(update, { ...specs, ...this.#frozenSpecs, ...state }, engine))
    for (const [name, values] of Object.entries(this.trained)) values.set(initial[name] as Float32Array)
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#steps
  }

  /**
   * All parameters as they are now; the next step but one overwrites the arrays of those trained.
   */
  get parameters(): WeightsByName {
    return { ...this.#frozen, ...this.trained }
  }

  /** The trained parameters as they are now; the next step but one overwrites these arrays. */
  get trained(): WeightsByName {
    let start = 0
    const views = Object.entries(this.#shapes).map(([name, shape]) => {
      const view = this.#state.parameters.subarray(start, start + sizeOf(shape))
      start += view.length
      return [name, view] as const
    })
    return Object.fromEntries(views)
  }

  /**
   * One step at this learning rate. Throws a StageError `Diverged` if the loss or its gradient is
   * not finite; the parameters are then those of the step before.
   */
  async step(batch: NamedValues, specs: TensorSpecs, learningRate: number): Promise<StepReport> {
    const program = await this.#programs.get(specs)
    this.#steps += 1
    // Both bias corrections in one factor (Kingma & Ba, end of section 2).
    const rate = (learningRate * Math.sqrt(1 - beta2 ** this.#steps)) / (1 - beta1 ** this.#steps)
    const decayRate = Float32Array.of(learningRate * this.#weightDecay)
    const outputs = await program.run(
      { ...batch, ...this.#frozen, ...this.#state, rate: Float32Array.of(rate), decayRate: decayRate },
      this.#spare,
    )
    const report = Object.fromEntries(
      Object.keys(program.outputs).flatMap((name) => (name in this.#spare ? [] : [[name, outputs[name]?.[0] as number]])),
    )
    const { loss = Number.NaN, gradient_norm: norm = Number.NaN } = report
    if (Number.isFinite(loss)) this.#lastFinite = { step: this.#steps, loss }
    if (!Number.isFinite(loss)) throw diverged(this.#steps, `loss is ${loss}`, this.#lastFinite)
    if (!Number.isFinite(norm)) throw diverged(this.#steps, `gradient's norm is ${norm}`, this.#lastFinite)
    const taken = this.#state
    this.#state = this.#spare
    this.#spare = taken
    return report
  }

  /** All that the next step depends on, copied. */
  snapshot(): Snapshot {
    const { step, loss } = this.#lastFinite ?? { step: 0, loss: Number.NaN }
    return { ...structuredClone(this.#state), steps: Float32Array.of(this.#steps), finite: Float32Array.of(step, loss) }
  }

  /**
   * Resumes from a snapshot of a learner of the same shapes: every further step has the same bits.
   */
  restore(saved: SavedState): void {
    const { steps, finite, ...state } = saved as Snapshot
    for (const name of ["parameters", "first", "second"] as const) this.#state[name].set(state[name])
    this.#steps = steps[0] as number
    const [step = 0, loss = Number.NaN] = finite
    this.#lastFinite = step === 0 ? undefined : { step, loss }
  }
}

/** Parameters and the moments of their gradients, each a vector of all. */
type State = Readonly<Record<"parameters" | "first" | "second", Float32Array>>

/**
 * A learner at rest: its state, the steps taken so far, and the last step whose loss was finite
 * with that loss.
 */
export type Snapshot = State & Readonly<Record<"steps" | "finite", Float32Array>>

const emptyState = (size: number): State => ({
  parameters: new Float32Array(size),
  first: new Float32Array(size),
  second: new Float32Array(size),
})

const sizeOf = (shape: ReadonlyArray<number>): number => shape.reduce((product, size) => product * size, 1)

const diverged = (step: number, problem: string, last: { readonly step: number; readonly loss: number } | undefined): StageError =>
  new StageError(
    "Diverged",
    `the ${problem} at step ${step}; ${last === undefined ? "no loss was finite" : `the last finite loss was ${last.loss} at step ${last.step}`}. Lower the learning rate`,
    { step, ...(last === undefined ? {} : { lastFiniteLoss: last.loss }) },
  )

const updateStep =
  ({ shapes, frozen }: { readonly shapes: Shapes; readonly frozen: Shapes }, objective: Objective, decays: boolean) =>
  (inputs: NamedTensors): NamedTensors => {
    const { parameters, first, second, rate, decayRate, ...rest } = inputs as NamedTensors &
      Record<"parameters" | "first" | "second" | "rate" | "decayRate", tf.Tensor>
    const isFrozen = ([name]: readonly [string, tf.Tensor]): boolean => frozen[name] !== undefined
    const still = Object.fromEntries(Object.entries(rest).filter(isFrozen))
    const batch = Object.fromEntries(Object.entries(rest).filter((each) => !isFrozen(each)))
    let reported: Readonly<Record<string, tf.Scalar>> = {}
    const { grad } = tf.valueAndGrad((vector: tf.Tensor) => {
      reported = objective({ ...still, ...unpack(shapes, vector as tf.Tensor1D) }, batch)
      // Kept, or the scope of the gradient computation would dispose of what is only reported.
      for (const scalar of Object.values(reported)) tf.keep(scalar)
      return reported.loss as tf.Scalar
    })(parameters)
    const squares = tf.square(grad)
    const norm = tf.sqrt(tf.sum(squares))
    // Clipping is a factor of both moments' shares, so that no pass over all parameters is spent on
    // it.
    const clip = tf.minimum(1, tf.div(maxGradientNorm, tf.add(norm, 1e-6)))
    const nextFirst = tf.add(tf.mul(first, beta1), tf.mul(grad, tf.mul(clip, 1 - beta1)))
    const nextSecond = tf.add(tf.mul(second, beta2), tf.mul(squares, tf.mul(tf.square(clip), 1 - beta2)))
    const change = tf.mul(rate, tf.div(nextFirst, tf.add(tf.sqrt(nextSecond), epsilon)))
    const remaining = decays ? tf.sub(parameters, tf.mul(tf.mul(parameters, matricesOf(shapes)), decayRate)) : parameters
    return { ...reported, gradient_norm: norm, parameters: tf.sub(remaining, change), first: nextFirst, second: nextSecond }
  }

/**
 * 1 where an element of the vector of all parameters belongs to a matrix, 0 where it belongs to a
 * vector.
 */
const matricesOf = (shapes: Shapes): tf.Tensor =>
  tf.concat(Object.values(shapes).map((shape) => tf.fill([sizeOf(shape)], shape.length > 1 ? 1 : 0)))

/** The parameters by name, from the vector of all. */
const unpack = (shapes: Shapes, vector: tf.Tensor1D): NamedTensors => {
  const entries = Object.entries(shapes)
  // TensorFlow.js has no gradient of a split into one part.
  const parts = entries.length === 1 ? [vector] : tf.split(vector, Object.values(shapes).map(sizeOf))
  return Object.fromEntries(entries.map(([name, shape], index) => [name, tf.reshape(parts[index] as tf.Tensor, [...shape])]))
}
