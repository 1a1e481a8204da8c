import * as tf from "@tensorflow/tfjs"
import { differentiable, isDifferentiated } from "./differentiable.ts"
import { logSoftmax } from "./log-softmax.ts"
import { pick } from "./pick.ts"
import { sumOfProducts } from "./products.ts"
import { mapRowChunks, splitRows } from "./row-chunks.ts"

/**
 * Log-probability (nats) of one token in each row under the softmax of `states` · `embedding`ᵀ:
 * `states` [rows, width], `embedding` [vocabulary, width], `tokens` int32 [rows] → [rows]. Its
 * negative is the softmax cross-entropy.
 *
 * With P the softmax, e the embeddings of the tokens and dy the gradient, row by row: dstates = dy
 * (e − P·embedding) and dembedding = scatter(dy·states) − Pᵀ·(dy·states). So P is the only matrix
 * of [rows, vocabulary] that is kept; logits and log P stand in memory for a chunk of the rows, and
 * so does P where no gradient is asked for.
 */
export const tokenLogProbability = (states: tf.Tensor2D, embedding: tf.Tensor2D, tokens: tf.Tensor1D): tf.Tensor1D =>
  isDifferentiated()
    ? kept(states, embedding, tokens)
    : mapRowChunks([states, tokens], (rows, targets) => [pick(logProbabilities(rows, embedding), targets)] as const)[0]

const logProbabilities = (states: tf.Tensor2D, embedding: tf.Tensor2D): tf.Tensor2D => logSoftmax(tf.matMul(states, embedding, false, true))

const kept = (states: tf.Tensor2D, embedding: tf.Tensor2D, tokens: tf.Tensor1D): tf.Tensor1D =>
  differentiable(
    [states, embedding],
    (rows, matrix) => {
      const targets = splitRows(tokens)
      const each = splitRows(rows).map((part, index) => {
        const target = targets[index] as tf.Tensor1D
        const all = logProbabilities(part, matrix)
        const probabilities = tf.exp(all)
        const slope = tf.sub(tf.gather(matrix, target), tf.matMul(probabilities, matrix)) as tf.Tensor2D
        return { value: pick(all, target), slope, probabilities }
      })
      const slopes = tf.concat(each.map(({ slope }) => slope))
      return { value: tf.concat(each.map(({ value }) => value)), kept: [rows, slopes, ...each.map(({ probabilities }) => probabilities)] }
    },
    (dy, rows, slopes, ...probabilities) => {
      const column = tf.expandDims(dy, 1)
      const scaled: tf.Tensor2D = tf.mul(column, rows)
      const products = splitRows(scaled).map((part, index) => [probabilities[index] as tf.Tensor2D, part] as const)
      return [tf.mul(column, slopes), tf.sub(tf.unsortedSegmentSum(scaled, tokens, embedding.shape[0]), sumOfProducts(products))]
    },
  )
