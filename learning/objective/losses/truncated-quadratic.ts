import * as tf from "@tensorflow/tfjs"
import type { LossFunction } from "../loss.ts"
import type { truncatedQuadratic } from "../losses.ts"
import { hinge, scaledMargin } from "../margin.ts"

export const run: LossFunction<typeof truncatedQuadratic> = (pairs, { beta }) => tf.square(hinge(scaledMargin(pairs, beta)))
