import * as tf from "@tensorflow/tfjs"
import type { LossFunction } from "../loss.ts"
import type { bo2 } from "../losses.ts"

export const run: LossFunction<typeof bo2> = ({ chosen }) => tf.neg(chosen.logp)
