import * as tf from "@tensorflow/tfjs"
import { causalAttention, type NamedTensors } from "../../../engine/index.ts"
import type { Configuration } from "../../../learning/policy/configuration.ts"
import { logits } from "../../../learning/policy/logits.ts"

/**
 * Logits at every position of sequences of one length, none of which share anything: `tokens` int32
 * [rows, length] → [rows · length, vocabulary].
 */
export const rectangleLogits = (configuration: Configuration, parameters: NamedTensors, tokens: tf.Tensor2D): tf.Tensor2D => {
  const [rows, length] = tokens.shape
  const count = rows * length
  const tokenAt = tf.reshape(tf.range(0, count, 1, "int32"), [rows, length]) as tf.Tensor2D
  const layout = { tokenAt, ownerAt: tokenAt, positionsOf: tf.reshape(tokenAt, [1, count]) as tf.Tensor2D }
  const positions = tf.tensor1d(
    Int32Array.from({ length: count }, (_, place) => place % length),
    "int32",
  )
  const placed = { tokens: tf.reshape(tokens, [-1]) as tf.Tensor1D, positions }
  const attend = (projected: tf.Tensor2D): tf.Tensor2D => causalAttention(projected, configuration, layout)
  return logits(configuration, parameters, configuration.hiddenStates(parameters, placed, attend))
}
