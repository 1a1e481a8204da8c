import type * as tf from "@tensorflow/tfjs"

export type DType = "float32" | "int32" | "bool"

/** Shape and element type of a tensor; both are fixed when a program is compiled. */
export interface TensorSpec {
  readonly shape: ReadonlyArray<number>
  readonly dtype: DType
}

/** The signature of a program's inputs or outputs, by name. */
export type TensorSpecs = Readonly<Record<string, TensorSpec>>

/**
 * Row-major values: Float32Array for float32, Int32Array for int32, Uint8Array (0 or 1) for bool.
 */
export type Values = Float32Array | Int32Array | Uint8Array

/** The values of a program's inputs or outputs, by name. */
export type NamedValues = Readonly<Record<string, Values>>

/** Tensors by name, inside of a program. */
export type NamedTensors = Readonly<Record<string, tf.Tensor>>

/** A pure function of tensors, written in TensorFlow.js operations. It must not read values. */
export type TensorFunction = (inputs: NamedTensors) => NamedTensors

/** A compiled function. */
export interface Program<Outputs extends string = string> {
  readonly inputs: TensorSpecs
  readonly outputs: TensorSpecs
  /**
   * Computes the outputs. Throws an EngineError if an input is missing or has the wrong size.
   * Arrays in `into` are filled in place and returned; they must not be inputs of the same call.
   */
  readonly run: (inputs: NamedValues, into?: NamedValues) => Promise<Readonly<Record<Outputs, Values>>>
}
