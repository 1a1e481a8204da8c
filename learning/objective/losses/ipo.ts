import * as tf from "@tensorflow/tfjs"
import type { LossFunction } from "../loss.ts"
import type { ipo } from "../losses.ts"
import { scaledMargin } from "../margin.ts"

export const run: LossFunction<typeof ipo> = (pairs, { beta }) => tf.square(tf.sub(scaledMargin(pairs, beta), 0.5))
