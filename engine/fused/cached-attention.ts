import * as tf from "@tensorflow/tfjs"
import type { AttentionHeads } from "./causal-attention.ts"
import { runFused } from "./run.ts"

/** Keys and values of what has been read, each [batch, keyValueHeads, capacity, size]. */
export interface AttentionCache {
  readonly keys: tf.Tensor4D
  readonly values: tf.Tensor4D
}

export interface CachedAttention extends AttentionHeads {
  /**
   * Queries, keys and values of new positions side by side, [batch, length, (heads + 2 ·
   * keyValueHeads) · size].
   */
  readonly projected: tf.Tensor3D
  /**
   * What each row has read before; nothing, if absent. Row r's is its first `lengths[r]` positions,
   * and there is room for `length` more.
   */
  readonly cache?: AttentionCache | undefined
  /** int32 [batch] */
  readonly lengths: tf.Tensor1D
}

/**
 * Causal attention (Vaswani et al. 2017, eq. 1) of each row's new positions to themselves and to
 * those before them, for rows of unequal length: `mixed` [batch, length, heads · size], and a cache
 * that holds the new positions behind the old ones. What it holds beyond them means nothing. For
 * decoding; it has no gradient.
 */
export const cachedAttention = (given: CachedAttention): { readonly mixed: tf.Tensor3D; readonly cache: AttentionCache } => {
  const { projected, heads, keyValueHeads, cache, lengths } = given
  const whole = () => definition(given)
  const [mixed, keys, values] = isSingleOperator(given)
    ? runFused("CachedAttention", { projected, lengths, ...cache }, { heads, keyValueHeads }, whole)
    : whole()
  return { mixed, cache: { keys, values } }
}

/**
 * ONNX Runtime's operator has heads of whole vectors, and appends to a past one position at a time.
 */
const isSingleOperator = ({ projected: { shape }, heads, keyValueHeads, cache }: CachedAttention): boolean =>
  shape[2] % ((heads + 2 * keyValueHeads) * 8) === 0 && (cache === undefined || shape[1] === 1)

const definition = ({ projected, heads, keyValueHeads, cache, lengths }: CachedAttention): [tf.Tensor3D, tf.Tensor4D, tf.Tensor4D] => {
  const [batch, length, columns] = projected.shape
  const size = columns / (heads + 2 * keyValueHeads)
  const split = tf.transpose(tf.reshape(projected, [batch, length, heads + 2 * keyValueHeads, size]), [0, 2, 1, 3])
  const [queries, newKeys, newValues] = tf.split(split, [heads, keyValueHeads, keyValueHeads], 1) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]
  const capacity = cache?.keys.shape[2] ?? length
  const places = tf.reshape(tf.range(0, capacity, 1, "int32"), [1, 1, capacity, 1])
  // Where each new position goes: [batch, 1, 1, length].
  const targets = tf.add(tf.reshape(lengths, [batch, 1, 1, 1]), tf.reshape(tf.range(0, length, 1, "int32"), [1, 1, 1, length]))
  const isTarget = tf.equal(places, targets)
  const placed = (values: tf.Tensor4D, before: tf.Tensor4D | undefined): tf.Tensor4D => {
    const moved: tf.Tensor4D = tf.matMul(tf.tile(tf.cast(isTarget, "float32"), [1, keyValueHeads, 1, 1]), values)
    return before === undefined ? moved : tf.where(tf.any(isTarget, 3, true), moved, before)
  }
  const keys = placed(newKeys, cache?.keys)
  const values = placed(newValues, cache?.values)
  /** Once for each query that reads it: [batch, heads, capacity, size]. */
  const shared = (of: tf.Tensor4D): tf.Tensor4D => {
    const copies = tf.tile(tf.expandDims(of, 2), [1, 1, heads / keyValueHeads, 1, 1])
    return tf.reshape(copies, [batch, heads, capacity, size])
  }
  const isVisible = tf.lessEqual(tf.transpose(places, [0, 1, 3, 2]), tf.transpose(targets, [0, 1, 3, 2]))
  const scores = tf.mul(tf.matMul(queries, shared(keys), false, true), 1 / Math.sqrt(size))
  const weights = tf.softmax(tf.where(isVisible, scores, tf.fill(scores.shape, -1e9)))
  const joined = tf.transpose(tf.matMul(weights, shared(values)), [0, 2, 1, 3])
  return [tf.reshape(joined, [batch, length, heads * size]) as tf.Tensor3D, keys, values]
}
