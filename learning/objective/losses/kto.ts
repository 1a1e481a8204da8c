import * as tf from "@tensorflow/tfjs"
import type { LossFunction } from "../loss.ts"
import type { kto } from "../losses.ts"
import { weightedMean, withoutGradient } from "../margin.ts"

export const run: LossFunction<typeof kto> = ({ chosen, rejected, weight }, { beta, desirable, undesirable }) => {
  const both = tf.div(tf.add(chosen.ratio, rejected.ratio), 2)
  const point = withoutGradient(tf.relu(weightedMean(both, weight)))
  const gain = tf.sigmoid(tf.mul(tf.sub(point, chosen.ratio), beta))
  const harm = tf.sigmoid(tf.mul(tf.sub(rejected.ratio, point), beta))
  return tf.add(tf.mul(gain, desirable / 2), tf.mul(harm, undesirable / 2))
}
