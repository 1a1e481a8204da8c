import * as tf from "@tensorflow/tfjs"
import { differentiable, isDifferentiated } from "./differentiable.ts"
import { linear } from "./linear.ts"
import { runFused } from "./run.ts"

/** What a layer normalisation has learned, each [width]. */
export interface LayerNorm {
  readonly gain: tf.Tensor1D
  readonly bias: tf.Tensor1D
}

/** A linear map, `x · weight + bias`: `weight` [in, out] and `bias` [out]. */
export interface LinearMap {
  readonly weight: tf.Tensor2D
  readonly bias: tf.Tensor1D
}

/**
 * Layer normalisation over the last axis (Ba et al. 2016): `gain · (x − mean) / √(variance +
 * epsilon) + bias`, [rows, width].
 */
export const layerNorm = (x: tf.Tensor2D, { gain, bias }: LayerNorm, epsilon = 1e-5): tf.Tensor2D => {
  const whole = (): tf.Tensor2D => tf.add(tf.mul(standardise(x, epsilon), gain), bias)
  return isDifferentiated() ? whole() : runFused("LayerNorm", { x, gain, bias }, { epsilon }, whole)
}

/**
 * Rows and a linear map that give `linear(layerNorm(x, norm), map)`. Where there is to be a
 * gradient the rows are only standardised, and gain and bias are folded into the matrix, which is
 * smaller than the rows: x̂ (gain ⊙ weight) + (norm's bias · weight + map's bias).
 */
export const foldLayerNorm = (x: tf.Tensor2D, norm: LayerNorm, map: LinearMap, epsilon = 1e-5): LinearMap & { readonly x: tf.Tensor2D } => {
  if (!isDifferentiated()) return { x: layerNorm(x, norm, epsilon), ...map }
  const moved = tf.reshape(tf.matMul(tf.expandDims(norm.bias, 0) as tf.Tensor2D, map.weight), [-1]) as tf.Tensor1D
  return { x: standardise(x, epsilon), weight: tf.mul(tf.expandDims(norm.gain, 1), map.weight), bias: tf.add(moved, map.bias) }
}

/** `linear(layerNorm(x, norm), map)`: [rows, width] → [rows, out]. */
export const layerNormLinear = (x: tf.Tensor2D, norm: LayerNorm, map: LinearMap, epsilon = 1e-5): tf.Tensor2D => {
  const folded = foldLayerNorm(x, norm, map, epsilon)
  return linear(folded.x, folded.weight, folded.bias)
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
