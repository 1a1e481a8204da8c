import * as tf from "@tensorflow/tfjs"
import { differentiable } from "./differentiable.ts"
import { runFused } from "./run.ts"

/** `x` [rows, in] · `weight` [in, out] + `bias` [out] → [rows, out], as one product with its sum. */
export const linear = (x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D =>
  differentiable(
    [x, weight, bias],
    (input, matrix, shift) => {
      const definition = (): tf.Tensor2D => tf.add(tf.matMul(input, matrix), shift)
      const value = runFused("Linear", { x: input, weight: matrix, bias: shift }, {}, definition)
      return { value, kept: [input, matrix] }
    },
    (dy, input, matrix) => [tf.matMul(dy, matrix, false, true), tf.matMul(input, dy, true, false), tf.sum(dy, 0)],
  )
