import * as tf from "@tensorflow/tfjs"
import { differentiable } from "./differentiable.ts"
import { runFused } from "./run.ts"

/** `x` [rows, in] · `weight` [in, out] + `bias` [out] → [rows, out], as one product with its sum. */
export const linear = (x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D =>
  differentiable(
    [x, weight, bias],
    (input, matrix, shift) => ({ value: linearValue(input, matrix, shift), kept: [input, matrix] }),
    (dy, input, matrix) => [tf.matMul(dy, matrix, false, true), tf.matMul(input, dy, true, false), columnSums(dy)],
  )

/** The same, for use where nothing is differentiated. */
export const linearValue = (x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D =>
  runFused("Linear", { x, weight, bias }, {}, () => tf.add(tf.matMul(x, weight), bias))

/** The sum of the rows of `x` [rows, columns] → [columns], as a product: some times faster than summing. */
export const columnSums = (x: tf.Tensor2D): tf.Tensor1D => tf.reshape(tf.matMul(tf.ones([1, x.shape[0]]), x), [-1])

type Pair = readonly [a: tf.Tensor2D, b: tf.Tensor2D]

/** Σ aᵀ · b over pairs `a` [rows, in] and `b` [rows, out], for use where nothing is differentiated: [in, out], each product added to those before it. */
export const sumOfProducts = (pairs: ReadonlyArray<Pair>): tf.Tensor2D => {
  const product = ([a, b]: Pair): tf.Tensor2D => tf.matMul(a, b, true, false)
  const add = (sum: tf.Tensor2D, pair: Pair): tf.Tensor2D =>
    runFused("AddProduct", { sum, a: pair[0], b: pair[1] }, {}, () => tf.add(sum, product(pair)))
  return pairs.slice(1).reduce(add, product(pairs[0] as Pair))
}
