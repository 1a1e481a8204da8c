import * as tf from "@tensorflow/tfjs"
import { gelu } from "../../../engine/index.ts"

/** Activation functions by their names in `transformers`; any shape. */
export const activations = {
  /** x·Φ(x) (Hendrycks & Gimpel 2016). */
  gelu: (x: tf.Tensor2D): tf.Tensor2D => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
  gelu_new: gelu,
  gelu_pytorch_tanh: gelu,
  /** The same in another order of factors, as `transformers` has it. */
  gelu_fast: gelu,
  /** x·σ(1.702x). */
  quick_gelu: (x: tf.Tensor2D): tf.Tensor2D => tf.mul(x, tf.sigmoid(tf.mul(x, 1.702))),
  relu: (x: tf.Tensor2D): tf.Tensor2D => tf.relu(x),
  silu: (x: tf.Tensor2D): tf.Tensor2D => tf.mul(x, tf.sigmoid(x)),
  swish: (x: tf.Tensor2D): tf.Tensor2D => tf.mul(x, tf.sigmoid(x)),
  tanh: (x: tf.Tensor2D): tf.Tensor2D => tf.tanh(x),
} as const

/** The name of an activation function. */
export type Activation = keyof typeof activations

export const activationNames = Object.keys(activations) as ReadonlyArray<Activation>
