import * as tf from "@tensorflow/tfjs"
import { differentiable } from "./differentiable.ts"
import { runFused } from "./run.ts"

/**
 * Log-probabilities (nats) of each row's classes, `tf.logSoftmax` as one operator: `logits` [rows,
 * classes] → [rows, classes].
 */
export const logSoftmax = (logits: tf.Tensor2D): tf.Tensor2D =>
  differentiable(
    [logits],
    (x) => {
      const value = runFused<tf.Tensor2D>("LogProbabilities", { x }, {}, () => tf.logSoftmax(x, 1))
      return { value, kept: [value] }
    },
    (dy, value) => [tf.sub(dy, tf.mul(tf.exp(value), tf.sum(dy, 1, true)))],
  )
