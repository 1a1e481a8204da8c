import * as tf from "@tensorflow/tfjs"
import { match } from "ts-pattern"
import type { MarginLoss } from "./loss.ts"

/** f(βΔ) of every pair: `margins` [pairs], nats → [pairs]. */
export const marginLoss = (loss: MarginLoss, margins: tf.Tensor1D): tf.Tensor1D => {
  const scaled = tf.mul(margins, loss.beta)
  return match(loss)
    .with({ _tag: "ipo" }, () => tf.square(tf.sub(scaled, 0.5)))
    .with({ _tag: "dpo" }, () => logistic(scaled))
    .with({ _tag: "cdpo" }, ({ smoothing }) => tf.add(tf.mul(logistic(scaled), 1 - smoothing), tf.mul(logistic(tf.neg(scaled)), smoothing)))
    .with({ _tag: "slic" }, () => hinge(scaled))
    .with({ _tag: "exponential" }, () => tf.exp(tf.neg(scaled)))
    .with({ _tag: "truncated-quadratic" }, () => tf.square(hinge(scaled)))
    .with({ _tag: "savage" }, () => tf.square(tf.sigmoid(tf.neg(scaled))))
    .exhaustive() as tf.Tensor1D
}

/** −log σ(z). */
export const logistic = (z: tf.Tensor): tf.Tensor => tf.softplus(tf.neg(z))

const hinge = (z: tf.Tensor): tf.Tensor => tf.relu(tf.sub(1, z))
