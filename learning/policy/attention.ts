import * as tf from "@tensorflow/tfjs"

export interface Rectangle {
  readonly batch: number
  readonly length: number
  readonly heads: number
}

/**
 * Attention (Vaswani et al. 2017, eq. 1) of every position to itself and to those before it in its row.
 * `projected` [batch · length, 3 · width] holds queries, keys and values side by side → [batch · length, width].
 */
export const causalAttention = (projected: tf.Tensor2D, { batch, length, heads }: Rectangle): tf.Tensor2D => {
  const width = projected.shape[1] / 3
  const size = width / heads
  const split = tf.transpose(tf.reshape(projected, [batch, length, 3, heads, size]), [2, 0, 3, 1, 4])
  const [queries, keys, values] = tf.unstack(split) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]
  const scores = tf.mul(tf.matMul(queries, keys, false, true), 1 / Math.sqrt(size))
  const weights = tf.softmax(tf.add(scores, causalMask(length)))
  return tf.reshape(tf.transpose(tf.matMul(weights, values), [0, 2, 1, 3]), [batch * length, width])
}

/** −1e9 where a query would see a later key, [length, length]. */
const causalMask = (length: number): tf.Tensor2D =>
  tf.tensor2d(
    Float32Array.from({ length: length * length }, (_, index) => (index % length > Math.floor(index / length) ? -1e9 : 0)),
    [length, length],
  )
