import * as tf from "@tensorflow/tfjs"
import { differentiable } from "./differentiable.ts"
import { geluValue, geluWithSlope } from "./gelu.ts"
import { linearValue } from "./linear.ts"
import { columnSums, sumOfProducts } from "./products.ts"
import { splitRows } from "./row-chunks.ts"

/**
 * The two linear maps of a feed-forward layer: `weight` [width, hidden] and `bias` [hidden],
 * `outWeight` [hidden, out] and `outBias` [out].
 */
export interface FeedForward {
  readonly weight: tf.Tensor2D
  readonly bias: tf.Tensor1D
  readonly outWeight: tf.Tensor2D
  readonly outBias: tf.Tensor1D
}

/**
 * gelu(x · weight + bias) · outWeight + outBias: `x` [rows, width] → [rows, out].
 *
 * Rows are computed in chunks, so that what lies between the two products of a chunk, forward and
 * backward, is still in the cache when it is read; for the gradient only the first product of it is
 * kept.
 */
export const feedForward = (x: tf.Tensor2D, { weight, bias, outWeight, outBias }: FeedForward): tf.Tensor2D =>
  differentiable(
    [x, weight, bias, outWeight, outBias],
    (rows, first, firstBias, second, secondBias) => {
      const parts = splitRows(rows).map((input) => {
        const hidden = linearValue(input, first, firstBias)
        return { input, hidden, output: linearValue(geluValue(hidden), second, secondBias) }
      })
      const kept = parts.flatMap(({ input, hidden }) => [input, hidden])
      return { value: tf.concat(parts.map(({ output }) => output)), kept: [first, second, ...kept] }
    },
    (dy, first, second, ...kept) => {
      const parts = splitRows(dy).map((dOutput, index) => {
        const [input, hidden] = kept.slice(2 * index) as [tf.Tensor2D, tf.Tensor2D]
        const { value, slope } = geluWithSlope(hidden)
        const dHidden = tf.mul(slope, tf.matMul(dOutput, second, false, true)) as tf.Tensor2D
        return { input, dHidden, value, dOutput, dInput: tf.matMul(dHidden, first, false, true), dBias: columnSums(dHidden) }
      })
      return [
        tf.concat(parts.map(({ dInput }) => dInput)),
        sumOfProducts(parts.map(({ input, dHidden }) => [input, dHidden] as const)),
        tf.addN(parts.map(({ dBias }) => dBias)),
        sumOfProducts(parts.map(({ value, dOutput }) => [value, dOutput] as const)),
        columnSums(dy),
      ]
    },
  )
