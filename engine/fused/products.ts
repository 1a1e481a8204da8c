import * as tf from "@tensorflow/tfjs"
import { runFused } from "./run.ts"

/** Sums as products of matrices, for use where nothing is differentiated. */

/**
 * The sum of the rows of `x` [rows, columns] → [columns]; a product with ones is faster than
 * summing.
 */
export const columnSums = (x: tf.Tensor2D): tf.Tensor1D => tf.reshape(tf.matMul(tf.ones([1, x.shape[0]]), x), [-1])

type Pair = readonly [a: tf.Tensor2D, b: tf.Tensor2D]

/**
 * Σ aᵀ · b over pairs `a` [rows, in] and `b` [rows, out] → [in, out], each product added to those
 * before it.
 */
export const sumOfProducts = (pairs: ReadonlyArray<Pair>): tf.Tensor2D => {
  const product = ([a, b]: Pair): tf.Tensor2D => tf.matMul(a, b, true, false)
  const add = (sum: tf.Tensor2D, pair: Pair): tf.Tensor2D =>
    runFused("AddProduct", { sum, a: pair[0], b: pair[1] }, {}, () => tf.add(sum, product(pair)))
  return pairs.slice(1).reduce(add, product(pairs[0] as Pair))
}
