import * as tf from "@tensorflow/tfjs"
import { differentiable } from "./differentiable.ts"
import { geluValue, geluWithSlope } from "./gelu.ts"
import { linearValue } from "./linear.ts"
import { portionsOf } from "./portions.ts"
import { columnSums, sumOfProducts } from "./products.ts"

/** The two linear maps of a feed-forward layer: `weight` [width, hidden] and `shift` [hidden], `outWeight` [hidden, out] and `outShift` [out]. */
export interface FeedForward {
  readonly weight: tf.Tensor2D
  readonly shift: tf.Tensor1D
  readonly outWeight: tf.Tensor2D
  readonly outShift: tf.Tensor1D
}

/**
 * gelu(x · weight + shift) · outWeight + outShift: `x` [rows, width] → [rows, out].
 *
 * Rows are taken a portion at a time, so that what comes between the two products of a portion, forward and backward, is still in the cache
 * when it is read; and for the gradient nothing of it is kept but the first product.
 */
export const feedForward = (x: tf.Tensor2D, { weight, shift, outWeight, outShift }: FeedForward): tf.Tensor2D =>
  differentiable(
    [x, weight, shift, outWeight, outShift],
    (rows, first, firstShift, second, secondShift) => {
      const parts = portionsOf(rows).map((input) => {
        const hidden = linearValue(input, first, firstShift)
        return { input, hidden, output: linearValue(geluValue(hidden), second, secondShift) }
      })
      const kept = parts.flatMap(({ input, hidden }) => [input, hidden])
      return { value: tf.concat(parts.map(({ output }) => output)), kept: [first, second, ...kept] }
    },
    (dy, first, second, ...kept) => {
      const parts = portionsOf(dy).map((dOutput, index) => {
        const [input, hidden] = kept.slice(2 * index) as [tf.Tensor2D, tf.Tensor2D]
        const { value, slope } = geluWithSlope(hidden)
        const dHidden = tf.mul(slope, tf.matMul(dOutput, second, false, true)) as tf.Tensor2D
        return { input, dHidden, value, dOutput, dInput: tf.matMul(dHidden, first, false, true), dShift: columnSums(dHidden) }
      })
      return [
        tf.concat(parts.map(({ dInput }) => dInput)),
        sumOfProducts(parts.map(({ input, dHidden }) => [input, dHidden] as const)),
        tf.addN(parts.map(({ dShift }) => dShift)),
        sumOfProducts(parts.map(({ value, dOutput }) => [value, dOutput] as const)),
        columnSums(dy),
      ]
    },
  )
