import * as tf from "@tensorflow/tfjs"
import { differentiable, isDifferentiated } from "./differentiable.ts"
import { runFused } from "./run.ts"

/**
 * GELU in its tanh form, `gelu_new` of GPT-2 (Hendrycks & Gimpel 2016): ½x(1 + tanh u) = x·σ(2u) with u = √(2/π)(x + 0.044715x³).
 * Any shape. Where there is to be a gradient, what it needs is kept on the way, which is cheaper than ONNX's single operator and computing
 * it again.
 */
export const gelu = <T extends tf.Tensor>(x: T): T => (isDifferentiated() ? kept(x) : runFused("Gelu", { x }, {}, () => parts(x).value))

const parts = <T extends tf.Tensor>(x: T) => {
  const slope = tf.add(tf.mul(tf.square(x), cubic), linear)
  const gate = tf.sigmoid(tf.mul(x, slope))
  const value: T = tf.mul(x, gate)
  return { slope, gate, value }
}

const kept = <T extends tf.Tensor>(x: T): T =>
  differentiable(
    [x],
    (input) => {
      const { slope, gate, value } = parts(input)
      return { value, kept: [slope, gate, value] }
    },
    // d(xσ)/dx = σ + xσ (1 − σ) · 2u′, where 2u′ = linear + 3·cubic·x² = 3·slope − 2·linear.
    (dy, slope, gate, value) => {
      const steepness = tf.sub(tf.mul(slope, 3), 2 * linear)
      const change = tf.mul(tf.mul(value, tf.sub(1, gate)), steepness)
      return [tf.mul(dy, tf.add(gate, change))]
    },
  )

/** 2u = x (linear + cubic·x²) */
const linear = 2 * Math.sqrt(2 / Math.PI)
const cubic = linear * 0.044715
