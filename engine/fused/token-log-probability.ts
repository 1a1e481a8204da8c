import * as tf from "@tensorflow/tfjs"

/**
 * Log-probability (nats) of one token in each row under the softmax of `states` · `embedding`ᵀ:
 * `states` [rows, width], `embedding` [vocabulary, width], `tokens` int32 [rows] → [rows]. Its negative is the softmax cross-entropy.
 *
 * With P the softmax, e the embeddings of the tokens and dy the gradient, row by row: dstates = dy (e − P·embedding) and
 * dembedding = scatter(dy·states) − Pᵀ·(dy·states). So P is the only matrix of [rows, vocabulary] that is written besides the logits.
 */
export const tokenLogProbability = (states: tf.Tensor2D, embedding: tf.Tensor2D, tokens: tf.Tensor1D): tf.Tensor1D => {
  const withGradient = tf.customGrad((...args) => {
    const [rows, matrix, save] = args as unknown as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc]
    const logits = tf.matMul(rows, matrix, false, true)
    const probabilities = tf.softmax(logits)
    const own = tf.gather(matrix, tokens)
    // log Σ exp(logits) from the largest logit and the largest probability, without another pass of exponentials.
    const normaliser = tf.sub(tf.max(logits, 1), tf.log(tf.max(probabilities, 1)))
    save([rows, matrix, own, probabilities])
    const value = tf.sub(tf.sum(tf.mul(rows, own), 1), normaliser)
    return { value, gradFunc: (dy: tf.Tensor, saved: Array<tf.Tensor>) => gradient(dy as tf.Tensor1D, saved as Saved, tokens) }
  })
  return withGradient(states, embedding) as tf.Tensor1D
}

type Saved = [states: tf.Tensor2D, embedding: tf.Tensor2D, own: tf.Tensor2D, probabilities: tf.Tensor2D]

const gradient = (dy: tf.Tensor1D, [states, embedding, own, probabilities]: Saved, tokens: tf.Tensor1D): Array<tf.Tensor> => {
  const column = tf.expandDims(dy, 1)
  const scaled = tf.mul(column, states)
  const vocabulary = embedding.shape[0]
  return [
    tf.mul(column, tf.sub(own, tf.matMul(probabilities, embedding))),
    tf.sub(tf.unsortedSegmentSum(scaled, tokens, vocabulary), tf.matMul(probabilities, scaled, true, false)),
  ]
}
