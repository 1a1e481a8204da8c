import * as tf from "@tensorflow/tfjs"
import { runFused } from "./run.ts"

/**
 * Log-probability (nats) of one token in each row: `logits` [rows, vocabulary] and `tokens` int32 [rows] → [rows].
 * Its negative is the softmax cross-entropy; the gradient is onehot(token) − softmax(logits), scattered rather than spelt out.
 */
export const tokenLogProbability = (logits: tf.Tensor2D, tokens: tf.Tensor1D): tf.Tensor1D => {
  const withGradient = tf.customGrad((...args) => {
    const [scores, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc]
    const [value, all] = forward(scores, tokens)
    save([all])
    return { value, gradFunc: (dy: tf.Tensor, [saved]: Array<tf.Tensor>) => [backward(dy as tf.Tensor1D, saved as tf.Tensor2D, tokens)] }
  })
  return withGradient(logits) as tf.Tensor1D
}

const forward = (logits: tf.Tensor2D, tokens: tf.Tensor1D): [tf.Tensor, tf.Tensor] =>
  runFused<[tf.Tensor, tf.Tensor]>("TokenLogProbability", { logits, tokens }, {}, () => {
    const all = tf.logSoftmax(logits, 1)
    return [tf.sum(tf.mul(all, hot(logits.shape[1], tokens)), 1), all]
  })

const backward = (dy: tf.Tensor1D, all: tf.Tensor2D, tokens: tf.Tensor1D): tf.Tensor =>
  runFused("TokenLogProbabilityGradient", { dy, all, tokens }, {}, () =>
    tf.mul(tf.expandDims(dy, 1), tf.sub(hot(all.shape[1], tokens), tf.exp(all))),
  )

const hot = (vocabulary: number, tokens: tf.Tensor1D): tf.Tensor => tf.oneHot(tokens, vocabulary, 1, 0, "float32")
