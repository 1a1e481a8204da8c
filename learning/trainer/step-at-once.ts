import * as tf from "@tensorflow/tfjs"
import { compile, type NamedTensors, ProgramCache, type TensorSpecs } from "../../engine/index.ts"
import type { Shapes } from "../policy/configuration.ts"
import { sizeOf } from "../policy/parameters.ts"
import { specsOf } from "../policy/specs.ts"
import { type AdamState, adamRates, adamSpecs, adamUpdate, vectorsOf } from "./adam.ts"
import { type Batch, keepScalars, type StepReport, scalarsOf, splitInputs, type Training } from "./objective.ts"
import { sizeOfAll } from "./parameter-vector.ts"

/** A step from one state to another. */
interface Taken {
  readonly state: AdamState
  readonly next: AdamState
  readonly learningRate: number
  /** Its number, from 1. */
  readonly step: number
}

/**
 * Steps of a small model: loss, gradient, clipping and update are one program for each shape of
 * batch, which takes the state from one set of buffers to another.
 */
export class StepAtOnce {
  readonly #training: Training
  readonly #programs: ProgramCache<TensorSpecs>

  constructor(training: Training) {
    const { shapes, frozen, decay, engine } = training
    this.#training = training
    const others = { ...specsOf(frozen.shapes), ...adamSpecs(sizeOfAll(shapes), decay) }
    this.#programs = new ProgramCache((specs) => compile(wholeStep(training, specs), { ...specs, ...others }, engine))
  }

  /**
   * Step number `step`, from 1, from one state to `next`, which is overwritten. Returns what the
   * objective reports, and `gradient_norm`.
   */
  async step({ values, specs }: Batch, { state, next, learningRate, step }: Taken): Promise<StepReport> {
    const { frozen, decay } = this.#training
    const program = await this.#programs.get(specs)
    const rates = adamRates(learningRate, step, decay)
    const decayed = decay === undefined ? {} : { decayed: decay.decayed }
    const outputs = await program.run({ ...values, ...frozen.values, ...vectorsOf(state), ...rates, ...decayed }, vectorsOf(next))
    return scalarsOf(outputs, next)
  }
}

const wholeStep =
  ({ shapes, objective }: Training, specs: TensorSpecs) =>
  (inputs: NamedTensors): NamedTensors => {
    const { batch, others } = splitInputs(inputs, specs)
    let reported: Readonly<Record<string, tf.Scalar>> = {}
    const { grad } = tf.valueAndGrad((vector: tf.Tensor) => {
      reported = keepScalars(objective)({ ...others, ...unpack(shapes, vector as tf.Tensor1D) }, batch)
      return reported.loss as tf.Scalar
    })(inputs.parameters as tf.Tensor)
    const norm = tf.sqrt(tf.sum(tf.square(grad)))
    return { ...reported, gradient_norm: norm, ...adamUpdate(inputs, grad, norm) }
  }

/** The parameters by name, from the vector of all. */
const unpack = (shapes: Shapes, vector: tf.Tensor1D): NamedTensors => {
  const entries = Object.entries(shapes)
  // TensorFlow.js has no gradient of a split into one part.
  const parts = entries.length === 1 ? [vector] : tf.split(vector, Object.values(shapes).map(sizeOf))
  return Object.fromEntries(entries.map(([name, shape], index) => [name, tf.reshape(parts[index] as tf.Tensor, [...shape])]))
}
