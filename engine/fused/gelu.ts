import * as tf from "@tensorflow/tfjs"
import { differentiable } from "./differentiable.ts"
import { runFused } from "./run.ts"

/**
 * GELU in its tanh form, `gelu_new` of GPT-2 (Hendrycks & Gimpel 2016): ½x(1 + tanh u) = x·σ(2u)
 * with u = √(2/π)(x + 0.044715x³). Any shape. For its gradient x alone is kept: memory that is
 * written once and read much later costs more than computing it again.
 */
export const gelu = <T extends tf.Tensor>(x: T): T =>
  differentiable(
    [x],
    (input) => ({ value: geluValue(input), kept: [input] }),
    (dy, input) => [tf.mul(dy, geluWithSlope(input).slope)],
  )

/** The same, without a gradient. */
export const geluValue = <T extends tf.Tensor>(x: T): T => runFused("Gelu", { x }, {}, () => geluWithSlope(x).value)

/** GELU and its derivative: d(xσ)/dx = σ + xσ (1 − σ) · 2u′. */
export const geluWithSlope = <T extends tf.Tensor>(x: T): { readonly value: T; readonly slope: T } => {
  // 2u = x · ratio, and 2u′ = linear + 3·cubic·x² = 3·ratio − 2·linear.
  const ratio = tf.add(tf.mul(tf.square(x), cubic), linear)
  const gate = tf.sigmoid(tf.mul(x, ratio))
  const value: T = tf.mul(x, gate)
  const steepness = tf.sub(tf.mul(ratio, 3), 2 * linear)
  const slope: T = tf.add(gate, tf.mul(tf.mul(value, tf.sub(1, gate)), steepness))
  return { value, slope }
}

const linear = 2 * Math.sqrt(2 / Math.PI)
const cubic = linear * 0.044715
