import * as tf from "@tensorflow/tfjs"
import { logSoftmax, pick } from "../../engine/index.ts"

/** The score of a token that is not to be drawn. */
const leftOut = -1e9

/** Tokens that are summed up together before one of them is looked for. */
const group = 32

/** From which distribution a token is drawn. */
export interface Drawing {
  /** What logits are divided by. */
  readonly temperature: number
  /** Only this many of the likeliest tokens are drawn; all, if absent. */
  readonly topK?: number | undefined
  /**
   * Only the likeliest tokens are drawn whose probabilities, those of the `topK`, sum up to this at
   * least; all, if absent (Holtzman et al. 2020, section 3.1).
   */
  readonly topP?: number | undefined
}

/** Tokens that were drawn, and what they were drawn from. */
export interface Drawn {
  /** int32 [batch] */
  readonly tokens: tf.Tensor1D
  /** The scores whose softmax is the distribution of each, [batch, vocabulary]. */
  readonly from: tf.Tensor2D
}

/**
 * The first token whose cumulative probability under softmax(`scores` / temperature), of the tokens
 * that may be drawn, exceeds `random`: `scores` [batch, vocabulary], `random` [batch]. First the
 * group of tokens is found, then the token in it, so that only short sums run.
 */
export const draw = (scores: tf.Tensor2D, random: tf.Tensor1D, { temperature, ...limits }: Drawing): Drawn => {
  const scaled: tf.Tensor2D = temperature === 1 ? scores : tf.div(scores, temperature)
  if (limits.topK === undefined && limits.topP === undefined) return { tokens: drawFrom(tf.softmax(scaled), random), from: scaled }
  const likeliest = onlyLikeliest(scaled, limits)
  const token = drawFrom(tf.softmax(likeliest), random)
  // Where rounding leaves the whole sum below the random number, the last token comes out.
  const tokens: tf.Tensor1D = tf.where(tf.greater(pick(likeliest, token), leftOut), token, tf.argMax(scores, 1))
  return { tokens, from: likeliest }
}

const drawFrom = (probabilities: tf.Tensor2D, random: tf.Tensor1D): tf.Tensor1D => {
  const [batch, vocabulary] = probabilities.shape
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

/** Scores, `leftOut` for tokens that are not to be drawn; equal ones stay together. */
const onlyLikeliest = (scores: tf.Tensor2D, { topK, topP = 1 }: Omit<Drawing, "temperature">): tf.Tensor2D => {
  const [, vocabulary] = scores.shape
  const count = Math.min(topK ?? vocabulary, vocabulary)
  if (count === vocabulary && topP >= 1) return scores
  const { values } = tf.topk(scores, count) as { readonly values: tf.Tensor2D }
  const probabilities = tf.softmax(values)
  const before = tf.sub(tf.cumsum(probabilities, 1), probabilities)
  // The likeliest has nothing before it, whatever rounding makes of that.
  const isKept = tf.logicalOr(tf.less(before, topP), tf.equal(tf.range(0, count, 1, "int32"), tf.scalar(0, "int32")))
  const least = tf.min(tf.where(isKept, values, tf.fill(values.shape, Number.MAX_VALUE)), 1, true)
  return tf.where(tf.greaterEqual(scores, least), scores, tf.fill(scores.shape, leftOut))
}

/**
 * log softmax(`scores`) of one token in each row, nats: `scores` [batch, vocabulary], `tokens`
 * int32 [batch] → [batch].
 */
export const logProbability = (scores: tf.Tensor2D, tokens: tf.Tensor1D): tf.Tensor1D => pick(logSoftmax(scores), tokens)

/**
 * How many running sums of a row do not exceed `wanted` [batch, 1]: int32 [batch], at most the last
 * index, as rounding can leave the whole sum too small.
 */
const indexAt = (parts: tf.Tensor2D, wanted: tf.Tensor): tf.Tensor1D => {
  const below = tf.cast(tf.lessEqual(tf.cumsum(parts, 1), wanted), "int32")
  return tf.minimum(tf.sum(below, 1), tf.scalar(parts.shape[1] - 1, "int32"))
}
