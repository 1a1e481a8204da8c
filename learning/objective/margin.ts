import * as tf from "@tensorflow/tfjs"
import type { LossInput, LossSide } from "./loss.ts"

/** βΔ of every pair, [pairs]. */
export const scaledMargin = ({ chosen, rejected }: LossInput, beta: number): tf.Tensor => tf.mul(tf.sub(chosen.ratio, rejected.ratio), beta)

/** −log σ(z). */
export const logistic = (z: tf.Tensor): tf.Tensor => tf.softplus(tf.neg(z))

/** max(0, 1 − z). */
export const hinge = (z: tf.Tensor): tf.Tensor => tf.relu(tf.sub(1, z))

/**
 * `values` [pairs] over the lengths of the responses; of a response without a token, the value
 * itself.
 */
export const perToken = (values: tf.Tensor1D, { tokens }: LossSide): tf.Tensor => tf.div(values, tf.maximum(tokens, 1))

/**
 * Mean of `values` [pairs] by weight; the sum of the weights counts as at least 1, so that a batch
 * of ties is 0 and not undefined.
 */
export const weightedMean = (values: tf.Tensor, weight: tf.Tensor1D): tf.Scalar =>
  tf.div(tf.sum(tf.mul(values, weight)), tf.maximum(tf.sum(weight), 1))

/** The value, as a constant to gradients. */
export const withoutGradient = (value: tf.Tensor): tf.Tensor =>
  tf.customGrad((x) => ({ value: tf.clone(x as tf.Tensor), gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy) }))(value)
