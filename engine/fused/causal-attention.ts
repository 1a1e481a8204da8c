import * as tf from "@tensorflow/tfjs"
import { differentiable } from "./differentiable.ts"

export interface Rectangle {
  readonly batch: number
  readonly length: number
  readonly heads: number
}

/**
 * Attention (Vaswani et al. 2017, eq. 1) of every position to itself and to those before it in its row.
 * `projected` [batch · length, 3 · width] holds queries, keys and values side by side → [batch · length, width].
 *
 * With P the weights, O the result and dO its gradient, head by head: dV = PᵀdO and, by the scaled queries Q, dS = P ⊙ (dO·Vᵀ − D), dQ = dS·K,
 * dK = dSᵀ·Q. D, the sum of P ⊙ dO·Vᵀ over the keys, is that of dO ⊙ O over a head's width, which is the smaller of the two (Dao et al. 2022,
 * "FlashAttention", appendix B.2).
 */
export const causalAttention = (projected: tf.Tensor2D, { batch, length, heads }: Rectangle): tf.Tensor2D => {
  const width = projected.shape[1] / 3
  const size = width / heads
  const scale = 1 / Math.sqrt(size)
  const split = (side: tf.Tensor2D): tf.Tensor4D => tf.transpose(tf.reshape(side, [batch, length, heads, size]), [0, 2, 1, 3])
  const merge = (parts: tf.Tensor): tf.Tensor2D => tf.reshape(tf.transpose(parts, [0, 2, 1, 3]), [batch * length, width])
  return differentiable(
    [projected],
    (sides) => {
      const [queries, keys, values] = tf.split(sides, 3, 1).map((side) => split(side as tf.Tensor2D)) as [
        tf.Tensor4D,
        tf.Tensor4D,
        tf.Tensor4D,
      ]
      const scaled = tf.mul(queries, scale)
      const weights = tf.softmax(tf.add(tf.matMul(scaled, keys, false, true), causalMask(length)))
      const mixed = tf.matMul(weights, values)
      return { value: merge(mixed), kept: [scaled, keys, values, weights, mixed] }
    },
    (dy, scaled, keys, values, weights, mixed) => {
      const dMixed = split(dy)
      const along = tf.sum(tf.mul(dMixed, mixed), 3, true)
      const dScores = tf.mul(weights, tf.sub(tf.matMul(dMixed, values, false, true), along))
      const dQueries = tf.mul(tf.matMul(dScores, keys), scale)
      const dKeys = tf.matMul(dScores, scaled, true, false)
      const dValues = tf.matMul(weights, dMixed, true, false)
      return [tf.concat([dQueries, dKeys, dValues].map(merge), 1)]
    },
  )
}

/** −1e9 where a query would see a later key, [length, length]. */
const causalMask = (length: number): tf.Tensor2D =>
  tf.tensor2d(
    Float32Array.from({ length: length * length }, (_, index) => (index % length > Math.floor(index / length) ? -1e9 : 0)),
    [length, length],
  )
