import * as tf from "@tensorflow/tfjs"
import { differentiable } from "./differentiable.ts"
import { columnSums } from "./products.ts"
import { runFused } from "./run.ts"

/**
 * `x` [rows, in] · `weight` [in, out] + `bias` [out] → [rows, out], as one product with its sum.
 */
export const linear = (x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D =>
  differentiable(
    [x, weight, bias],
    (input, matrix, offset) => ({ value: linearValue(input, matrix, offset), kept: [input, matrix] }),
    (dy, input, matrix) => [tf.matMul(dy, matrix, false, true), tf.matMul(input, dy, true, false), columnSums(dy)],
  )

/** The same, for use where nothing is differentiated. */
export const linearValue = (x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D =>
  runFused("Linear", { x, weight, bias }, {}, () => tf.add(tf.matMul(x, weight), bias))
