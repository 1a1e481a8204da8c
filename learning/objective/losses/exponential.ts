import * as tf from "@tensorflow/tfjs"
import type { LossFunction } from "../loss.ts"
import type { exponential } from "../losses.ts"
import { scaledMargin } from "../margin.ts"

export const run: LossFunction<typeof exponential> = (pairs, { beta }) => tf.exp(tf.neg(scaledMargin(pairs, beta)))
