import * as tf from "@tensorflow/tfjs"
import { runFused } from "./run.ts"

/**
 * Layer normalisation over the last axis (Ba et al. 2016): `gain · (x − mean) / √(variance + epsilon) + bias`.
 * `x` [rows, width], `gain` and `bias` [width] → [rows, width].
 */
export const layerNorm = (x: tf.Tensor2D, gain: tf.Tensor1D, bias: tf.Tensor1D, epsilon = 1e-5): tf.Tensor2D => {
  const withGradient = tf.customGrad((...args) => {
    const [input, scale, shift, save] = args as unknown as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc]
    const [value, mean, inverse] = normalise(input, scale, shift, epsilon)
    save([input, scale, mean, inverse])
    const gradFunc = (dy: tf.Tensor, saved: Array<tf.Tensor>) => layerNormGradient(dy as tf.Tensor2D, saved as Saved)
    return { value, gradFunc }
  })
  return withGradient(x, gain, bias) as tf.Tensor2D
}

type Saved = [x: tf.Tensor2D, gain: tf.Tensor1D, mean: tf.Tensor2D, inverse: tf.Tensor2D]

const normalise = (x: tf.Tensor2D, gain: tf.Tensor1D, bias: tf.Tensor1D, epsilon: number): [tf.Tensor, tf.Tensor, tf.Tensor] =>
  runFused<[tf.Tensor, tf.Tensor, tf.Tensor]>("LayerNormalization", { x, gain, bias }, { epsilon }, () => {
    const mean = tf.mean(x, 1, true)
    const centred = tf.sub(x, mean)
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon))
    return [tf.add(tf.mul(tf.mul(centred, inverse), gain), bias), mean, inverse]
  })

const layerNormGradient = (dy: tf.Tensor2D, [x, gain, mean, inverse]: Saved): Array<tf.Tensor> => {
  const normalised = tf.mul(tf.sub(x, mean), inverse)
  const scaled = tf.mul(dy, gain)
  const along = tf.mean(tf.mul(scaled, normalised), 1, true)
  const dx = tf.mul(inverse, tf.sub(tf.sub(scaled, tf.mean(scaled, 1, true)), tf.mul(normalised, along)))
  return [dx, tf.sum(tf.mul(dy, normalised), 0), tf.sum(dy, 0)]
}
