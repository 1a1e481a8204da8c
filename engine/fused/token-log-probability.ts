import * as tf from "@tensorflow/tfjs"
import { byRows } from "./by-rows.ts"
import { differentiable, isDifferentiated } from "./differentiable.ts"

/**
 * Log-probability (nats) of one token in each row under the softmax of `states` · `embedding`ᵀ:
 * `states` [rows, width], `embedding` [vocabulary, width], `tokens` int32 [rows] → [rows]. Its negative is the softmax cross-entropy.
 *
 * With P the softmax, e the embeddings of the tokens and dy the gradient, row by row: dstates = dy (e − P·embedding) and
 * dembedding = scatter(dy·states) − Pᵀ·(dy·states). So P is the only matrix of [rows, vocabulary] that is written besides the logits; and
 * where no gradient is asked for, neither is ever whole.
 */
export const tokenLogProbability = (states: tf.Tensor2D, embedding: tf.Tensor2D, tokens: tf.Tensor1D): tf.Tensor1D =>
  isDifferentiated()
    ? kept(states, embedding, tokens)
    : byRows([states, tokens], (rows, targets) => [parts(rows, embedding, targets).value] as const)[0]

const parts = (states: tf.Tensor2D, embedding: tf.Tensor2D, tokens: tf.Tensor1D) => {
  const logits = tf.matMul(states, embedding, false, true)
  const probabilities = tf.softmax(logits)
  const own = tf.gather(embedding, tokens)
  // log Σ exp(logits) from the largest logit and the largest probability, without another pass of exponentials.
  const normaliser = tf.sub(tf.max(logits, 1), tf.log(tf.max(probabilities, 1)))
  const value: tf.Tensor1D = tf.sub(tf.sum(tf.mul(states, own), 1), normaliser)
  return { value, own, probabilities }
}

const kept = (states: tf.Tensor2D, embedding: tf.Tensor2D, tokens: tf.Tensor1D): tf.Tensor1D =>
  differentiable(
    [states, embedding],
    (rows, matrix) => {
      const { value, own, probabilities } = parts(rows, matrix, tokens)
      return { value, kept: [rows, matrix, own, probabilities] }
    },
    (dy, rows, matrix, own, probabilities) => {
      const column = tf.expandDims(dy, 1)
      const scaled: tf.Tensor2D = tf.mul(column, rows)
      return [
        tf.mul(column, tf.sub(own, tf.matMul(probabilities, matrix))),
        tf.sub(tf.unsortedSegmentSum(scaled, tokens, matrix.shape[0]), tf.matMul(probabilities, scaled, true, false)),
      ]
    },
  )
