import * as tf from "@tensorflow/tfjs"
import type { EngineSetting, NamedTensors, NamedValues, TensorSpecs } from "../../engine/index.ts"
import type { Shapes } from "../policy/configuration.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import type { Decay } from "./adam.ts"

/** What one step is to make smaller, and what it reports: `loss` and any other scalars. */
export type Objective = (
  parameters: NamedTensors,
  batch: NamedTensors,
) => { readonly loss: tf.Scalar } & Readonly<Record<string, tf.Scalar>>

/** Reported scalars of one step, the loss and the gradient's norm among them. */
export type StepReport = Readonly<Record<string, number>>

/** The inputs of an objective for one batch, or for a part of one. */
export interface Batch {
  readonly values: NamedValues
  readonly specs: TensorSpecs
}

/** A part of a batch, and its share of the batch's loss. The shares of all parts add up to 1. */
export interface Part extends Batch {
  readonly share: number
}

/** The members of a batch in `count` parts or fewer, all but the last of one size. */
export const inParts = <T>(members: ReadonlyArray<T>, count: number): ReadonlyArray<ReadonlyArray<T>> => {
  const size = Math.ceil(members.length / count)
  return Array.from({ length: Math.ceil(members.length / size) }, (_, part) => members.slice(part * size, (part + 1) * size))
}

/** What is trained, and how. */
export interface Training {
  /** Shapes of the parameters that are trained. */
  readonly shapes: Shapes
  /** Shapes and values of those that are not. */
  readonly frozen: { readonly shapes: Shapes; readonly values: WeightsByName }
  readonly objective: Objective
  readonly decay: Decay | undefined
  readonly engine: EngineSetting
}

/** The values of a program's scalar outputs: all but the `others`. */
export const scalarsOf = (outputs: NamedValues, others: object): StepReport =>
  Object.fromEntries(Object.entries(outputs).flatMap(([name, values]) => (name in others ? [] : [[name, values[0] as number]])))

/** The inputs of a program that are of the batch, and the others. */
export const splitInputs = (inputs: NamedTensors, specs: TensorSpecs) => {
  const isOfBatch = ([name]: readonly [string, unknown]): boolean => specs[name] !== undefined
  const entries = Object.entries(inputs)
  return {
    batch: Object.fromEntries(entries.filter(isOfBatch)),
    others: Object.fromEntries(entries.filter((each) => !isOfBatch(each))),
  }
}

/** An objective's scalars, kept while its gradient is computed, whose end would dispose of them. */
export const keepScalars: (objective: Objective) => Objective = (objective) => (parameters, batch) => {
  const scalars = objective(parameters, batch)
  for (const scalar of Object.values(scalars)) tf.keep(scalar)
  return scalars
}
