import * as tf from "@tensorflow/tfjs"
import { differentiable } from "./differentiable.ts"

/**
 * Rows of `x` [n, width] by `indices` int32 [m] → [m, width], whose gradient is rows taken again and not a scatter: `inverse` int32 [uses, n]
 * says for each row of `x` where it was taken to, −1 where it was not, or not as often. A place to which nothing is taken has index −1;
 * what stands there means nothing, and its gradient is left out.
 */
export const takeRows = (x: tf.Tensor2D, indices: tf.Tensor1D, inverse: tf.Tensor2D): tf.Tensor2D =>
  differentiable(
    [x],
    (rows) => ({ value: tf.gather(rows, place(indices)) as tf.Tensor2D, kept: [] }),
    (dy) => {
      const taken = tf.unstack(inverse).map((use) => {
        const isTaken = tf.cast(tf.expandDims(tf.greaterEqual(use, 0), 1), "float32")
        return tf.mul(tf.gather(dy, place(use)), isTaken)
      })
      return [tf.addN(taken)]
    },
  )

const place = (indices: tf.Tensor): tf.Tensor1D => tf.maximum(indices, tf.scalar(0, "int32"))
