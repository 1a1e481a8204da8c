import * as tf from "@tensorflow/tfjs"
import type { LossFunction } from "../loss.ts"
import type { cdpo } from "../losses.ts"
import { logistic, scaledMargin } from "../margin.ts"

export const run: LossFunction<typeof cdpo> = (pairs, { beta, smoothing }) => {
  const scaled = scaledMargin(pairs, beta)
  return tf.add(tf.mul(logistic(scaled), 1 - smoothing), tf.mul(logistic(tf.neg(scaled)), smoothing))
}
