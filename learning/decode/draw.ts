import * as tf from "@tensorflow/tfjs"
import { pick } from "../../engine/index.ts"

/** Tokens that are summed up together before one of them is looked for. */
const group = 32

/**
 * The first token whose cumulative probability under softmax(`scores` / temperature) exceeds
 * `random`: `scores` [batch, vocabulary], `random` [batch] → int32 [batch]. First the group of
 * tokens is found, then the token in it, so that only short sums run.
 */
export const draw = (scores: tf.Tensor2D, random: tf.Tensor1D, temperature: number): tf.Tensor1D => {
  const [batch, vocabulary] = scores.shape
  const probabilities = tf.softmax(temperature === 1 ? scores : tf.div(scores, temperature))
  const groups = Math.ceil(vocabulary / group)
  const filled =
    vocabulary % group === 0
      ? probabilities
      : tf.pad(probabilities, [
          [0, 0],
          [0, groups * group - vocabulary],
        ])
  const wanted = tf.expandDims(random, 1) as tf.Tensor2D
  const sums = tf.sum(tf.reshape(filled, [batch, groups, group]), 2) as tf.Tensor2D
  const chosen = indexAt(sums, wanted)
  const before = tf.sum(tf.where(tf.less(tf.range(0, groups, 1, "int32"), tf.expandDims(chosen, 1)), sums, tf.zerosLike(sums)), 1, true)
  const members = tf.gather(
    tf.reshape(filled, [batch * groups, group]),
    tf.add(tf.range(0, batch * groups, groups, "int32"), chosen),
  ) as tf.Tensor2D
  const token = tf.add(tf.mul(chosen, tf.scalar(group, "int32")), indexAt(members, tf.sub(wanted, before)))
  return tf.minimum(token, tf.scalar(vocabulary - 1, "int32"))
}

/**
 * log softmax(`scores`) of one token in each row, nats: `scores` [batch, vocabulary], `tokens`
 * int32 [batch] → [batch].
 */
export const logProbability = (scores: tf.Tensor2D, tokens: tf.Tensor1D): tf.Tensor1D => {
  const normaliser = tf.sub(tf.max(scores, 1), tf.log(tf.max(tf.softmax(scores), 1)))
  return tf.sub(pick(scores, tokens), normaliser)
}

/**
 * How many running sums of a row do not exceed `wanted` [batch, 1]: int32 [batch], at most the last
 * index, as rounding can leave the whole sum too small.
 */
const indexAt = (parts: tf.Tensor2D, wanted: tf.Tensor): tf.Tensor1D => {
  const below = tf.cast(tf.lessEqual(tf.cumsum(parts, 1), wanted), "int32")
  return tf.minimum(tf.sum(below, 1), tf.scalar(parts.shape[1] - 1, "int32"))
}
