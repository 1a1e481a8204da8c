import * as tf from "@tensorflow/tfjs"
import { match } from "ts-pattern"
import type { Loss } from "./loss.ts"

/** f(βΔ) of every pair: `margins` [pairs], nats → [pairs]. */
export const marginLoss = (loss: Loss, margins: tf.Tensor1D): tf.Tensor1D => {
  const scaled = tf.mul(margins, loss.beta)
  return match(loss)
    .with({ _tag: "ipo" }, () => tf.square(tf.sub(scaled, 0.5)))
    .with({ _tag: "dpo" }, () => tf.softplus(tf.neg(scaled)))
    .exhaustive() as tf.Tensor1D
}
