import * as tf from "@tensorflow/tfjs"
import type { LossFunction } from "../loss.ts"
import type { ipoAveraged } from "../losses.ts"
import { perToken } from "../margin.ts"

export const run: LossFunction<typeof ipoAveraged> = ({ chosen, rejected }, { beta }) => {
  const margins = tf.sub(perToken(chosen.ratio, chosen), perToken(rejected.ratio, rejected))
  return tf.square(tf.sub(margins, 1 / (2 * beta)))
}
