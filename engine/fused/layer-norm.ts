import * as tf from "@tensorflow/tfjs"
import { differentiable, isDifferentiated } from "./differentiable.ts"
import { linear } from "./linear.ts"
import { runFused } from "./run.ts"

/**
 * Layer normalisation over the last axis (Ba et al. 2016): `gain · (x − mean) / √(variance + epsilon) + bias`.
 * `x` [rows, width], `gain` and `bias` [width] → [rows, width].
 */
export const layerNorm = (x: tf.Tensor2D, gain: tf.Tensor1D, bias: tf.Tensor1D, epsilon = 1e-5): tf.Tensor2D => {
  const whole = (): tf.Tensor2D => tf.add(tf.mul(standardise(x, epsilon), gain), bias)
  return isDifferentiated() ? whole() : runFused("LayerNorm", { x, gain, bias }, { epsilon }, whole)
}

/** A linear map of some rows, `x · weight + shift`. */
interface Mapped {
  readonly x: tf.Tensor2D
  readonly weight: tf.Tensor2D
  readonly shift: tf.Tensor1D
}

/**
 * The map that comes after a layer normalisation, as one of rows that are only standardised: where there is to be a gradient, gain and bias
 * are taken into the matrix, which is smaller than the rows: x̂ (gain ⊙ weight) + (bias · weight + shift). `weight` [width, out].
 */
export const layerNormInto = (given: Mapped, gain: tf.Tensor1D, bias: tf.Tensor1D, epsilon = 1e-5): Mapped => {
  const { x, weight, shift } = given
  if (!isDifferentiated()) return { ...given, x: layerNorm(x, gain, bias, epsilon) }
  const moved = tf.reshape(tf.matMul(tf.expandDims(bias, 0) as tf.Tensor2D, weight), [-1]) as tf.Tensor1D
  return { x: standardise(x, epsilon), weight: tf.mul(tf.expandDims(gain, 1), weight), shift: tf.add(moved, shift) }
}

/** `linear(layerNorm(x, gain, bias), weight, shift)`: [rows, width] → [rows, out]. */
export const layerNormLinear = (
  x: tf.Tensor2D,
  gain: tf.Tensor1D,
  bias: tf.Tensor1D,
  weight: tf.Tensor2D,
  shift: tf.Tensor1D,
  epsilon = 1e-5,
): tf.Tensor2D => {
  const mapped = layerNormInto({ x, weight, shift }, gain, bias, epsilon)
  return linear(mapped.x, mapped.weight, mapped.shift)
}

/** Mean 0 and variance 1 in every row. */
const standardise = (x: tf.Tensor2D, epsilon: number): tf.Tensor2D =>
  differentiable(
    [x],
    (input) => {
      const [value, inverse] = runFused<[tf.Tensor2D, tf.Tensor2D]>("Standardise", { x: input }, { epsilon }, () => {
        const centred: tf.Tensor2D = tf.sub(input, tf.mean(input, 1, true))
        const scale: tf.Tensor2D = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon))
        return [tf.mul(centred, scale), scale]
      })
      return { value, kept: [value, inverse] }
    },
    (dy, value, inverse) => {
      const along = tf.mean(tf.mul(dy, value), 1, true)
      return [tf.mul(inverse, tf.sub(tf.sub(dy, tf.mean(dy, 1, true)), tf.mul(value, along)))]
    },
  )
