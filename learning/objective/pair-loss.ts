import * as tf from "@tensorflow/tfjs"
import { match } from "ts-pattern"
import type { Loss } from "./loss.ts"
import { logistic, marginLoss } from "./margin-loss.ts"

/** What a loss may see of the chosen or of the rejected responses of a batch; each is [pairs]. */
export interface Responses {
  /** log π(y), nats, summed over the tokens of the response. */
  readonly logp: tf.Tensor1D
  /** log π(y)/π_ref(y), nats. */
  readonly ratio: tf.Tensor1D
  /** Length in tokens. */
  readonly tokens: tf.Tensor1D
}

export interface Pairs {
  readonly chosen: Responses
  readonly rejected: Responses
  /** How much each pair counts, [pairs]; a tie has 0. */
  readonly weight: tf.Tensor1D
}

/**
 * The loss of every pair, [pairs]. Weights are not applied: they matter only to losses that look at
 * the batch as a whole.
 */
export const pairLoss = (loss: Loss, { chosen, rejected, weight }: Pairs): tf.Tensor1D =>
  match(loss)
    .with({ _tag: "kto" }, ({ beta, desirable, undesirable }) => {
      const both = tf.div(tf.add(chosen.ratio, rejected.ratio), 2)
      const point = withoutGradient(tf.relu(weightedMean(both, weight)))
      const gain = tf.sigmoid(tf.mul(tf.sub(point, chosen.ratio), beta))
      const harm = tf.sigmoid(tf.mul(tf.sub(rejected.ratio, point), beta))
      return tf.add(tf.mul(gain, desirable / 2), tf.mul(harm, undesirable / 2)) as tf.Tensor1D
    })
    .with({ _tag: "simpo" }, ({ beta, gamma }) => {
      const margins = tf.sub(perToken(chosen.logp, chosen), perToken(rejected.logp, rejected))
      return logistic(tf.sub(tf.mul(margins, beta), gamma)) as tf.Tensor1D
    })
    .with({ _tag: "ipo-averaged" }, ({ beta }) => {
      const margins = tf.sub(perToken(chosen.ratio, chosen), perToken(rejected.ratio, rejected))
      return tf.square(tf.sub(margins, 1 / (2 * beta))) as tf.Tensor1D
    })
    .with({ _tag: "bo2" }, () => tf.neg(chosen.logp) as tf.Tensor1D)
    .otherwise((byMargin) => marginLoss(byMargin, tf.sub(chosen.ratio, rejected.ratio) as tf.Tensor1D))

/**
 * `values` [pairs] over the lengths of the responses; of a response without a token, the value
 * itself.
 */
const perToken = (values: tf.Tensor1D, { tokens }: Responses): tf.Tensor => tf.div(values, tf.maximum(tokens, 1))

/**
 * Mean of `values` [pairs] by weight; the sum of the weights counts as at least 1, so that a batch
 * of ties is 0 and not undefined.
 */
export const weightedMean = (values: tf.Tensor, weight: tf.Tensor1D): tf.Scalar =>
  tf.div(tf.sum(tf.mul(values, weight)), tf.maximum(tf.sum(weight), 1))

const withoutGradient = (value: tf.Tensor): tf.Tensor =>
  tf.customGrad((x) => ({ value: tf.clone(x as tf.Tensor), gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy) }))(value)
