import * as tf from "@tensorflow/tfjs"

/**
 * `x`, but only after the `others` have been computed. A traced program computes what is needed
 * twice once, and comes to the gradients of all weights at its end, with all that these need in
 * memory until then. What is added to `x` is an element of each other, which must be finite, times
 * 0.
 */
export const after = <T extends tf.Tensor>(others: ReadonlyArray<tf.Tensor>, x: T): T => {
  const some = others.filter(({ size }) => size > 0)
  if (some.length === 0) return x
  const first = (tensor: tf.Tensor): tf.Tensor => tf.slice(tf.reshape(tensor, [-1]), [0], [1])
  const zero = tf.mul(tf.addN(some.map(first)), 0)
  return tf.reshape(tf.add(x, zero), x.shape) as T
}
