import * as tf from "@tensorflow/tfjs"
import { runFused } from "./run.ts"

/**
 * GELU in its tanh form, `gelu_new` of GPT-2 (Hendrycks & Gimpel 2016): ½x(1 + tanh u) = x·σ(2u) with u = √(2/π)(x + 0.044715x³).
 * Any shape.
 */
export const gelu = <T extends tf.Tensor>(x: T): T => {
  const withGradient = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc]
    save([input])
    const value = runFused("Gelu", { x: input }, {}, () => tf.mul(input, tf.sigmoid(doubled(input))))
    return { value, gradFunc: (dy: tf.Tensor, [saved]: Array<tf.Tensor>) => [geluGradient(dy, saved as tf.Tensor)] }
  })
  return withGradient(x) as T
}

const slope = 2 * Math.sqrt(2 / Math.PI)
const cubic = slope * 0.044715

/** 2u */
const doubled = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.add(tf.mul(tf.square(x), cubic), slope))

/** d(xσ)/dx = σ + xσ(1 − σ)·2u′ */
const geluGradient = (dy: tf.Tensor, x: tf.Tensor): tf.Tensor => {
  const square = tf.square(x)
  const gate = tf.sigmoid(tf.mul(x, tf.add(tf.mul(square, cubic), slope)))
  const change = tf.mul(tf.mul(x, tf.sub(1, gate)), tf.add(tf.mul(square, 3 * cubic), slope))
  return tf.mul(dy, tf.mul(gate, tf.add(change, 1)))
}
