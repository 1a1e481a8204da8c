import * as tf from "@tensorflow/tfjs"
import { after } from "./after.ts"
import { differentiable } from "./differentiable.ts"

/**
 * A linear map of low rank: `x` [rows, in] · `down`ᵀ · `up`ᵀ, by `down` [rank, in] and `up` [out,
 * rank] → [rows, out].
 *
 * With h = x·downᵀ and dh = dy·up: dx = dh·down, ddown = dhᵀ·x and dup = dyᵀ·h. The gradients of
 * both matrices come before that of x, so that x and dy need not be kept until the end.
 */
export const lowRank = (x: tf.Tensor2D, down: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D =>
  differentiable(
    [x, down, up],
    (rows, inner, outer) => {
      const hidden: tf.Tensor2D = tf.matMul(rows, inner, false, true)
      return { value: tf.matMul(hidden, outer, false, true) as tf.Tensor2D, kept: [rows, hidden, inner, outer] }
    },
    (dy, rows, hidden, inner, outer) => {
      const dHidden: tf.Tensor2D = tf.matMul(dy, outer)
      const dDown = tf.matMul(dHidden, rows, true, false)
      const dUp = tf.matMul(dy, hidden, true, false)
      return [tf.matMul(after([dDown, dUp], dHidden), inner), dDown, dUp]
    },
  )
