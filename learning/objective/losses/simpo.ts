import * as tf from "@tensorflow/tfjs"
import type { LossFunction } from "../loss.ts"
import type { simpo } from "../losses.ts"
import { logistic, perToken } from "../margin.ts"

export const run: LossFunction<typeof simpo> = ({ chosen, rejected }, { beta, gamma }) => {
  const margins = tf.sub(perToken(chosen.logp, chosen), perToken(rejected.logp, rejected))
  return logistic(tf.sub(tf.mul(margins, beta), gamma))
}
