import * as tf from "@tensorflow/tfjs"
import { StageError } from "assay"
import { compile, type EngineSetting, type NamedTensors, type NamedValues, type Program, type TensorSpecs } from "../../engine/index.ts"
import type { Parameters, Shapes } from "../policy/parameters.ts"
import { specsOf } from "../policy/specs.ts"

/** What one step is to make smaller, and what it reports: `loss` and any other scalars. */
export type Objective = (
  parameters: NamedTensors,
  batch: NamedTensors,
) => { readonly loss: tf.Scalar } & Readonly<Record<string, tf.Scalar>>

/** Reported scalars of one step, the loss and the gradient's norm among them. */
export type StepReport = Readonly<Record<string, number>>

const momentum = 0.9
const decay = 0.999
const epsilon = 1e-8
const largestNorm = 1

/**
 * Parameters in training: Adam (Kingma & Ba 2015) on gradients clipped to global norm 1.
 * Gradients, clipping and update are one program for each shape of batch; parameters and moments go through it from one set
 * of buffers to the other, and back at the next step.
 */
export class Learner {
  readonly #shapes: Shapes
  readonly #objective: Objective
  readonly #engine: EngineSetting
  readonly #programs = new Map<string, Promise<Program>>()
  #state: NamedValues
  #spare: NamedValues
  #steps = 0
  #lastFinite: { readonly step: number; readonly loss: number } | undefined

  constructor(shapes: Shapes, initial: Parameters, objective: Objective, engine: EngineSetting) {
    this.#shapes = shapes
    this.#objective = objective
    this.#engine = engine
    this.#state = mapState(shapes, (kind, name, size) =>
      kind === "parameter" ? (initial[name] as Float32Array).slice() : new Float32Array(size),
    )
    this.#spare = mapState(shapes, (_, __, size) => new Float32Array(size))
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#steps
  }

  /** The parameters as they are now; the next step but one overwrites these arrays. */
  get parameters(): Parameters {
    return Object.fromEntries(Object.keys(this.#shapes).map((name) => [name, this.#state[`parameter/${name}`] as Float32Array]))
  }

  /**
   * One step at this learning rate. Throws a StageError `Diverged` if the loss or its gradient is not finite; the parameters are then
   * those of the step before.
   */
  async step(batch: NamedValues, specs: TensorSpecs, learningRate: number): Promise<StepReport> {
    const program = await this.#programFor(specs)
    this.#steps += 1
    // Both bias corrections in one factor (Kingma & Ba, end of section 2).
    const rate = (learningRate * Math.sqrt(1 - decay ** this.#steps)) / (1 - momentum ** this.#steps)
    const outputs = await program.run({ ...batch, ...this.#state, rate: Float32Array.of(rate) }, this.#spare)
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

  #programFor(specs: TensorSpecs): Promise<Program> {
    const key = JSON.stringify(specs)
    const program =
      this.#programs.get(key) ??
      compile(updateStep(this.#shapes, this.#objective, Object.keys(specs)), this.#signature(specs), this.#engine)
    this.#programs.set(key, program)
    return program
  }

  #signature(batch: TensorSpecs): TensorSpecs {
    const specs = specsOf(this.#shapes)
    const state = Object.entries(specs).flatMap(([name, spec]) => stateKinds.map((kind) => [`${kind}/${name}`, spec] as const))
    return { ...batch, ...Object.fromEntries(state), rate: { shape: [], dtype: "float32" } }
  }
}

const stateKinds = ["parameter", "first", "second"] as const

const mapState = (shapes: Shapes, make: (kind: (typeof stateKinds)[number], name: string, size: number) => Float32Array): NamedValues =>
  Object.fromEntries(
    Object.entries(shapes).flatMap(([name, shape]) => {
      const size = shape.reduce((product, axis) => product * axis, 1)
      return stateKinds.map((kind) => [`${kind}/${name}`, make(kind, name, size)])
    }),
  )

const diverged = (step: number, problem: string, last: { readonly step: number; readonly loss: number } | undefined): StageError =>
  new StageError(
    "Diverged",
    `the ${problem} at step ${step}; ${last === undefined ? "no loss was finite" : `the last finite loss was ${last.loss} at step ${last.step}`}. Lower the learning rate`,
    { step, ...(last === undefined ? {} : { lastFiniteLoss: last.loss }) },
  )

const updateStep =
  (shapes: Shapes, objective: Objective, batchNames: ReadonlyArray<string>) =>
  (inputs: NamedTensors): NamedTensors => {
    const names = Object.keys(shapes)
    const pick = (keys: ReadonlyArray<string>): NamedTensors => Object.fromEntries(keys.map((key) => [key, inputs[key] as tf.Tensor]))
    const batch = pick(batchNames)
    let reported: Readonly<Record<string, tf.Scalar>> = {}
    const { grads } = tf.valueAndGrads((...tensors: Array<tf.Tensor>) => {
      reported = objective(Object.fromEntries(names.map((name, index) => [name, tensors[index] as tf.Tensor])), batch)
      // Kept, or the scope of the gradient computation would dispose of what is only reported.
      for (const scalar of Object.values(reported)) tf.keep(scalar)
      return reported.loss as tf.Scalar
    })(names.map((name) => inputs[`parameter/${name}`] as tf.Tensor))
    const norm = tf.sqrt(tf.addN(grads.map((gradient) => tf.sum(tf.square(gradient)))))
    const scale = tf.minimum(1, tf.div(largestNorm, tf.add(norm, 1e-6)))
    const updated = names.flatMap((name, index) => {
      const gradient = tf.mul(grads[index] as tf.Tensor, scale)
      const first = tf.add(tf.mul(inputs[`first/${name}`] as tf.Tensor, momentum), tf.mul(gradient, 1 - momentum))
      const second = tf.add(tf.mul(inputs[`second/${name}`] as tf.Tensor, decay), tf.mul(tf.square(gradient), 1 - decay))
      const change = tf.mul(inputs.rate as tf.Scalar, tf.div(first, tf.add(tf.sqrt(second), epsilon)))
      return [
        [`parameter/${name}`, tf.sub(inputs[`parameter/${name}`] as tf.Tensor, change)],
        [`first/${name}`, first],
        [`second/${name}`, second],
      ] as const
    })
    return { ...reported, gradient_norm: norm, ...Object.fromEntries(updated) }
  }
