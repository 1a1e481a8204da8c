import * as tf from "@tensorflow/tfjs"
import { compile, type NamedTensors, ProgramCache, type TensorSpecs } from "../../engine/index.ts"
import { specsOf } from "../policy/specs.ts"
import { type AdamState, adamRates, adamSpecs, adamUpdate, vectorsOf } from "./adam.ts"
import { type Batch, keepScalars, type Part, type StepReport, scalarsOf, splitInputs, type Training } from "./objective.ts"
import { ParameterVector } from "./parameter-vector.ts"

/**
 * Elements that are updated at a time, so that what is computed in between stays in a processor's
 * cache.
 */
export const chunkSize = 2 ** 20

/**
 * Steps of a large model, or of a batch in parts: a program for each shape of batch computes loss
 * and gradient, another one updates a chunk of the parameters after the other, in place. So there
 * is one gradient beside parameters and moments, and a second one where a batch has several parts.
 */
export class StepInParts {
  readonly #training: Training
  readonly #gradientPrograms: ProgramCache<TensorSpecs>
  readonly #updatePrograms: ProgramCache<number>
  readonly #gradient: ParameterVector
  #sum: Float32Array | undefined

  constructor(training: Training) {
    const { shapes, frozen, decay, engine } = training
    this.#training = training
    this.#gradient = new ParameterVector(shapes)
    const parameters = { ...specsOf(frozen.shapes), ...specsOf(shapes) }
    this.#gradientPrograms = new ProgramCache((specs) => compile(lossAndGradient(training, specs), { ...specs, ...parameters }, engine))
    this.#updatePrograms = new ProgramCache((count) => {
      const given = { gradient: { shape: [count], dtype: "float32" }, norm: { shape: [], dtype: "float32" } } as const
      return compile(update, { ...adamSpecs(count, decay), ...given }, engine)
    })
  }

  /**
   * Sums loss and gradient over the parts of a batch, by their shares. Reports `gradient_norm` and
   * what the objective does; `update` takes the step.
   */
  async differentiate({ parameters }: AdamState, parts: ReadonlyArray<Part>): Promise<StepReport> {
    const [only, ...others] = parts
    if (only !== undefined && others.length === 0) return this.#differentiatePart(parameters, only)
    this.#sum ??= new Float32Array(this.#gradient.values.length)
    this.#sum.fill(0)
    const reports: Record<string, number> = {}
    for (const part of parts) {
      for (const [name, value] of Object.entries(await this.#differentiatePart(parameters, part)))
        reports[name] = (reports[name] ?? 0) + part.share * value
      addScaled(this.#sum, this.#gradient.values, part.share)
    }
    this.#gradient.values.set(this.#sum)
    return { ...reports, gradient_norm: normOf(this.#sum) }
  }

  async #differentiatePart(parameters: ParameterVector, { values, specs }: Batch): Promise<StepReport> {
    const program = await this.#gradientPrograms.get(specs)
    const into = Object.fromEntries(Object.entries(this.#gradient.parts).map(([name, part]) => [gradientOf(name), part]))
    return scalarsOf(await program.run({ ...values, ...this.#training.frozen.values, ...parameters.parts }, into), into)
  }

  /**
   * Overwrites a state with that after step number `step`, from 1, by the gradient of this norm.
   */
  async update(state: AdamState, norm: number, learningRate: number, step: number): Promise<void> {
    const { decay } = this.#training
    const vectors = vectorsOf(state)
    const scalars = { ...adamRates(learningRate, step, decay), norm: Float32Array.of(norm) }
    for (let start = 0; start < vectors.parameters.length; start += chunkSize) {
      const chunk = (values: Float32Array) => values.subarray(start, start + chunkSize)
      const updated = { parameters: chunk(vectors.parameters), first: chunk(vectors.first), second: chunk(vectors.second) }
      const decayed = decay === undefined ? {} : { decayed: chunk(decay.decayed) }
      const program = await this.#updatePrograms.get(updated.parameters.length)
      await program.run({ ...updated, gradient: chunk(this.#gradient.values), ...scalars, ...decayed }, updated)
    }
  }
}

/** What the gradient by a parameter is called among a program's outputs. */
const gradientOf = (name: string): string => `gradient of ${name}`

/**
 * The scalars of the objective, the gradient of its loss by each of the trained parameters, and
 * that gradient's Euclidean norm. A parameter that the loss does not touch has the gradient 0.
 */
const lossAndGradient =
  ({ shapes, objective }: Training, specs: TensorSpecs) =>
  (inputs: NamedTensors): NamedTensors => {
    const { batch, others } = splitInputs(inputs, specs)
    const trained = Object.keys(shapes)
    let reported: Readonly<Record<string, tf.Scalar>> = {}
    const compute = (): tf.Scalar => {
      reported = keepScalars(objective)(others, batch)
      return reported.loss as tf.Scalar
    }
    const variables = trained.map((name) => inputs[name] as tf.Tensor)
    const { grads } = tf.engine().gradients(compute, variables, undefined, true)
    const gradients = variables.map((variable, index) => grads[index] ?? tf.zerosLike(variable))
    const norm = tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))))
    const named = gradients.map((gradient, index) => [gradientOf(trained[index] as string), gradient])
    return { ...reported, gradient_norm: norm, ...Object.fromEntries(named) }
  }

const update = ({ gradient, norm, ...state }: NamedTensors): NamedTensors => adamUpdate(state, gradient as tf.Tensor, norm as tf.Tensor)

const addScaled = (sum: Float32Array, values: Float32Array, factor: number): void => {
  for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] as number) + factor * (values[index] as number)
}

const normOf = (values: Float32Array): number => {
  let squares = 0
  for (let index = 0; index < values.length; index++) squares += (values[index] as number) ** 2
  return Math.sqrt(squares)
}
