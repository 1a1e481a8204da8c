import * as tf from "@tensorflow/tfjs"
import { after } from "./after.ts"
import { differentiable } from "./differentiable.ts"

/**
 * The gate of a feed-forward layer, SwiGLU (Shazeer 2020, eq. 6 without its products): silu(gate) ·
 * up with silu(x) = x·σ(x). Both [rows, hidden].
 *
 * d silu(x)/dx = σ(x) + silu(x) (1 − σ(x)). Only gate and up are kept: with σ and silu a layer
 * would keep twice as much.
 */
export const swiglu = (gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D =>
  differentiable(
    [gate, up],
    (x, other) => ({ value: tf.mul(tf.mul(x, tf.sigmoid(x)), other) as tf.Tensor2D, kept: [x, other] }),
    (dy, kept, other) => {
      const x = after([dy], kept)
      const sigmoid = tf.sigmoid(x)
      const silu = tf.mul(x, sigmoid)
      const slope = tf.add(sigmoid, tf.mul(silu, tf.sub(1, sigmoid)))
      return [tf.mul(tf.mul(dy, other), slope), tf.mul(dy, silu)]
    },
  )
