import * as tf from "@tensorflow/tfjs"

/**
 * GELU in its tanh form, `gelu_new` of GPT-2 (Hendrycks & Gimpel 2016): ½x(1 + tanh u) = x·σ(2u) with u = √(2/π)(x + 0.044715x³).
 * Any shape. What the gradient needs is saved on the way, which is cheaper than the single operator and computing it again.
 */
export const gelu = <T extends tf.Tensor>(x: T): T => {
  const withGradient = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc]
    const slope = tf.add(tf.mul(tf.square(input), cubic), linear)
    const gate = tf.sigmoid(tf.mul(input, slope))
    const value = tf.mul(input, gate)
    save([slope, gate, value])
    return { value, gradFunc: (dy: tf.Tensor, saved: Array<tf.Tensor>) => [gradient(dy, saved as [tf.Tensor, tf.Tensor, tf.Tensor])] }
  })
  return withGradient(x) as T
}

/** 2u = x (linear + cubic·x²) */
const linear = 2 * Math.sqrt(2 / Math.PI)
const cubic = linear * 0.044715

/** d(xσ)/dx = σ + xσ (1 − σ) · 2u′, where 2u′ = linear + 3·cubic·x² = 3·slope − 2·linear. */
const gradient = (dy: tf.Tensor, [slope, gate, value]: [tf.Tensor, tf.Tensor, tf.Tensor]): tf.Tensor => {
  const steepness = tf.sub(tf.mul(slope, 3), 2 * linear)
  const change = tf.mul(tf.mul(value, tf.sub(1, gate)), steepness)
  return tf.mul(dy, tf.add(gate, change))
}
