import * as tf from "@tensorflow/tfjs"
import type { LossFunction } from "../loss.ts"
import type { savage } from "../losses.ts"
import { scaledMargin } from "../margin.ts"

export const run: LossFunction<typeof savage> = (pairs, { beta }) => tf.square(tf.sigmoid(tf.neg(scaledMargin(pairs, beta))))
