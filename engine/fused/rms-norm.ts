import * as tf from "@tensorflow/tfjs"
import { differentiable } from "./differentiable.ts"
import { columnSums } from "./products.ts"
import { runFused } from "./run.ts"

/**
 * Root-mean-square normalisation over the last axis (Zhang & Sennrich 2019, eq. 4): `gain · x /
 * √(mean(x²) + epsilon)`, `x` [rows, width], `gain` [width].
 *
 * With x̂ the normalised rows, r = 1/√(mean(x²) + epsilon) and dx̂ = gain · dy: dx = r (dx̂ − x̂ ·
 * mean(dx̂ · x̂)), and dgain is the sum of dy · x̂ over the rows.
 */
export const rmsNorm = (x: tf.Tensor2D, gain: tf.Tensor1D, epsilon: number): tf.Tensor2D =>
  differentiable(
    [x, gain],
    (rows, scale) => {
      const [normalised, inverse] = runFused<[tf.Tensor2D, tf.Tensor2D]>("RmsNormalise", { x: rows }, { epsilon }, () => {
        const factor: tf.Tensor2D = tf.rsqrt(tf.add(tf.mean(tf.square(rows), 1, true), epsilon))
        return [tf.mul(rows, factor), factor]
      })
      return { value: tf.mul(normalised, scale) as tf.Tensor2D, kept: [normalised, inverse, scale] }
    },
    (dy, normalised, inverse, scale) => {
      const dNormalised = tf.mul(dy, scale)
      const along = tf.mean(tf.mul(dNormalised, normalised), 1, true)
      return [tf.mul(inverse, tf.sub(dNormalised, tf.mul(normalised, along))), columnSums(tf.mul(dy, normalised))]
    },
  )
