import * as tf from "@tensorflow/tfjs"
import { differentiable } from "./differentiable.ts"

/**
 * Where the tokens of a packed list stand in a rectangle of rows; in its row a token attends to
 * itself and to those before it. A token may stand in two rows, which then share a beginning, or in
 * none. −1 marks an empty place and a missing position. Positions count the rectangle's places row
 * by row.
 */
export interface PackedLayout {
  /** int32 [rows, length]: the token at each place. */
  readonly tokenAt: tf.Tensor2D
  /** int32 [rows, length]: the token at each place where that is the token's first position. */
  readonly ownerAt: tf.Tensor2D
  /** int32 [1 or 2, tokens]: the first and the second position of each token. */
  readonly positionsOf: tf.Tensor2D
}

/** How many queries a token has, and how many keys and values: where fewer, queries share them. */
export interface AttentionHeads {
  readonly heads: number
  /** A divisor of `heads`; query head h reads key head ⌊h · keyValueHeads / heads⌋. */
  readonly keyValueHeads: number
}

/**
 * Attention (Vaswani et al. 2017, eq. 1) of every token to itself and to those before it in its
 * row, with keys and values that groups of queries share where there are fewer of them (Ainslie et
 * al. 2023): `projected` [tokens, (heads + 2 · keyValueHeads) · size] holds queries, keys and
 * values side by side → [tokens, heads · size]. What comes out for a token that stands nowhere
 * means nothing.
 *
 * With P the weights, O the result and dO its gradient, head by head: dV = PᵀdO and, by the scaled
 * queries Q, dS = P ⊙ (dO·Vᵀ − D), dQ = dS·K, dK = dSᵀ·Q. D, the sum of P ⊙ dO·Vᵀ over the keys, is
 * that of dO ⊙ O over a head's width, which is the smaller of the two (Dao et al. 2022,
 * "FlashAttention", appendix B.2).
 */
export const causalAttention = (
  projected: tf.Tensor2D,
  { heads, keyValueHeads }: AttentionHeads,
  { tokenAt, ownerAt, positionsOf }: PackedLayout,
): tf.Tensor2D => {
  const [tokens, columns] = projected.shape
  const [rows, length] = tokenAt.shape
  const vectorsPerToken = heads + 2 * keyValueHeads
  const size = columns / vectorsPerToken
  const scale = 1 / Math.sqrt(size)
  const group = heads / keyValueHeads
  const stack = heads * rows
  const queryHeads = Array.from({ length: heads }, (_, head) => head)
  const keyHeads = queryHeads.map((head) => heads + Math.floor(head / group))
  const valueHeads = keyHeads.map((head) => head + keyValueHeads)

  // Every head of every token is a vector of its own. So one gather takes heads apart and tokens to
  // their places, and one takes both back.
  const vectors = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [-1, size])
  /**
   * Some of the `perToken` vectors of each token, or numbers, → [vectors · rows, length, size or
   * 1]; for an empty place those of the token `none`.
   */
  const toRows = (list: tf.Tensor, members: tf.Tensor2D, chosen: ReadonlyArray<number>, perToken: number, none: number): tf.Tensor3D => {
    const first = tf.mul(replaceEmpty(members, none), tf.scalar(perToken, "int32"))
    const offsets = tf.tensor(Int32Array.from(chosen), [chosen.length, 1, 1], "int32")
    const each = list.rank === 1 ? list : vectors(list)
    return tf.reshape(tf.gather(each, tf.add(tf.expandDims(first, 0), offsets) as tf.Tensor3D), [stack, length, list.rank === 1 ? 1 : size])
  }
  /**
   * Back from stacks of `perToken` vectors, one behind the other → [tokens, perToken · size]; for a
   * token without place the vector `none`.
   */
  const toList = (stacks: tf.Tensor, places: tf.Tensor, perToken: number, none: number): tf.Tensor2D => {
    const offsets = tf.range(0, perToken * rows * length, rows * length, "int32")
    const place = tf.expandDims(places, 1)
    const indices = tf.where(tf.greaterEqual(place, 0), tf.add(place, tf.expandDims(offsets, 0)), tf.scalar(none, "int32"))
    return tf.reshape(tf.gather(vectors(stacks), indices as tf.Tensor2D), [tokens, perToken * size])
  }
  /** The sum over the queries that share a key, or a value. */
  const sumOfGroup = (gradient: tf.Tensor): tf.Tensor =>
    group === 1 ? gradient : tf.sum(tf.reshape(gradient, [keyValueHeads, group, rows * length * size]), 1)

  return differentiable(
    [projected],
    (sides) => {
      const [queries, keys, values] = [queryHeads, keyHeads, valueHeads].map((chosen) =>
        toRows(sides, tokenAt, chosen, vectorsPerToken, 0),
      ) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D]
      const scores = tf.mul(tf.matMul(queries, keys, false, true), scale)
      const weights = tf.softmax(tf.add(scores, causalMask(length)))
      const mixed = tf.matMul(weights, values)
      // Kept like what is computed: the caller may have made them where they do not outlive the
      // forward pass.
      const value = toList(mixed, tf.unstack(positionsOf)[0] as tf.Tensor, heads, 0)
      return { value, kept: [queries, keys, values, weights, value, ownerAt, positionsOf] }
    },
    (dy, queries, keys, values, weights, value, keptOwnerAt, keptPositionsOf) => {
      // Behind the list a token, and behind the stacks a vector, whose gradient is nothing, for
      // where there is none.
      const dMixed = toRows(tf.concat([dy, tf.zeros([1, heads * size])]), keptOwnerAt, queryHeads, heads, tokens)
      const products = tf.sum(vectors(tf.mul(dy, value)), 1)
      const along = toRows(tf.concat([products, tf.zeros([heads])]), keptOwnerAt, queryHeads, heads, tokens)
      const dScores = tf.mul(weights, tf.sub(tf.matMul(dMixed, values, false, true), along))
      const dQueries = tf.mul(tf.matMul(dScores, keys), scale)
      const dKeys = tf.mul(tf.matMul(dScores, queries, true, false), scale)
      const dValues = tf.matMul(weights, dMixed, true, false)
      const stacks = tf.concat([...[dQueries, sumOfGroup(dKeys), sumOfGroup(dValues)].map(vectors), tf.zeros([1, size])])
      const none = vectorsPerToken * rows * length
      return [tf.addN(tf.unstack(keptPositionsOf).map((places) => toList(stacks, places, vectorsPerToken, none)))]
    },
  )
}

const replaceEmpty = (members: tf.Tensor, none: number): tf.Tensor =>
  tf.where(tf.greaterEqual(members, 0), members, tf.scalar(none, "int32"))

/** −1e9 where a query would see a later key, [length, length]. */
const causalMask = (length: number): tf.Tensor2D =>
  tf.tensor2d(
    Float32Array.from({ length: length * length }, (_, index) => (index % length > Math.floor(index / length) ? -1e9 : 0)),
    [length, length],
  )
