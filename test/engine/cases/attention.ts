import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import { type AttentionHeads, cachedAttention, causalAttention, type NamedTensors } from "../../../engine/index.ts"
import type { Case } from "../agreement.ts"
import { float, int, integers } from "../arbitrary.ts"

/** Attention, and its definition one row after the other. */

/**
 * Rows of a list's tokens: each begins like the one before as far as it says, has tokens of its own
 * behind them, and is filled up.
 */
interface Layout {
  readonly rows: ReadonlyArray<ReadonlyArray<number>>
  readonly tokens: number
}

const layouts: fc.Arbitrary<Layout> = fc
  .tuple(
    fc.array(fc.record({ shared: fc.integer({ min: 0, max: 3 }), own: fc.integer({ min: 1, max: 4 }) }), { minLength: 1, maxLength: 4 }),
    fc.integer({ min: 0, max: 2 }),
  )
  .map(([asked, unused]) => {
    let tokens = 0
    const rows: Array<ReadonlyArray<number>> = []
    for (const [index, { shared, own }] of asked.entries()) {
      // Every second row may begin as the one before it, which no third may.
      const beginning = index % 2 === 1 ? (rows[index - 1] ?? []).slice(0, shared) : []
      rows.push([...beginning, ...Array.from({ length: own }, (_, at) => tokens + at)])
      tokens += own
    }
    return { rows, tokens: tokens + unused }
  })

/** Heads that have keys of their own, and heads that share them. */
const sharedHeads: fc.Arbitrary<AttentionHeads> = fc
  .record({ keyValueHeads: fc.integer({ min: 1, max: 2 }), group: fc.integer({ min: 1, max: 3 }) })
  .map(({ keyValueHeads, group }) => ({ heads: keyValueHeads * group, keyValueHeads }))

const vectorsOf = ({ heads, keyValueHeads }: AttentionHeads): number => heads + 2 * keyValueHeads

export const causalAttentionCase: fc.Arbitrary<Case> = fc
  .record({
    layout: layouts,
    spare: fc.integer({ min: 0, max: 2 }),
    heads: sharedHeads,
    size: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ layout, spare, heads, size }) =>
    float([layout.tokens, vectorsOf(heads) * size]).map((projected) => ({ projected, layout, spare, heads })),
  )
  .map(({ projected, layout: { rows, tokens }, spare, heads }) => {
    const length = Math.max(...rows.map((row) => row.length)) + spare
    const tokenAt = rows.flatMap((row) => [...row, ...Array.from({ length: length - row.length }, () => -1)])
    const ownerAt = tokenAt.map((token, place) => (tokenAt.indexOf(token) === place ? token : -1))
    const place = (token: number, use: number) => tokenAt.flatMap((each, at) => (each === token ? [at] : []))[use] ?? -1
    const positionsOf = [0, 1].flatMap((use) => Array.from({ length: tokens }, (_, token) => place(token, use)))
    const int32 = (shape: ReadonlyArray<number>, values: ReadonlyArray<number>) => ({
      shape,
      dtype: "int32" as const,
      values: Int32Array.from(values),
    })
    const standing = Float32Array.from({ length: tokens }, (_, token) => (place(token, 0) < 0 ? 0 : 1))
    // What comes out for a token that stands nowhere means nothing.
    const meant = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.tensor2d(standing, [tokens, 1]))
    return {
      title: "causalAttention",
      inputs: {
        projected,
        tokenAt: int32([rows.length, length], tokenAt),
        ownerAt: int32([rows.length, length], ownerAt),
        positionsOf: int32([2, tokens], positionsOf),
      },
      run: ({ projected, tokenAt, ownerAt, positionsOf }) =>
        meant(
          causalAttention(projected as tf.Tensor2D, heads, {
            tokenAt: tokenAt as tf.Tensor2D,
            ownerAt: ownerAt as tf.Tensor2D,
            positionsOf: positionsOf as tf.Tensor2D,
          }),
        ),
      definition: ({ projected }) => {
        const mixed = rows.map((row) => {
          const own = tf.expandDims(tf.gather(projected as tf.Tensor2D, tf.tensor1d([...row], "int32")), 0)
          return tf.squeeze(attentionOf({ projected: own, lengths: tf.zeros([1], "int32") }, heads, [0]), [0])
        })
        const first = Array.from({ length: tokens }, (_, token) => Math.max(0, rows.flat().indexOf(token)))
        return meant(tf.gather(tf.concat(mixed), tf.tensor1d(first, "int32")))
      },
      gradients: ["projected"],
      tolerance: 1e-4,
    }
  })

/** Attention of one row after the other, each over what it has read and no more. */
const attentionOf = (
  { projected, lengths, keys, values }: NamedTensors,
  { heads, keyValueHeads }: AttentionHeads,
  read: ReadonlyArray<number>,
): tf.Tensor => {
  const [batch, length, columns] = (projected as tf.Tensor3D).shape
  const size = columns / (heads + 2 * keyValueHeads)
  const rows = Array.from({ length: batch }, (_, row) => {
    const own = tf.reshape(tf.slice(projected as tf.Tensor3D, [row, 0, 0], [1, -1, -1]), [length, heads + 2 * keyValueHeads, size])
    const [queries, newKeys, newValues] = tf.split(tf.transpose(own, [1, 0, 2]), [heads, keyValueHeads, keyValueHeads]) as [
      tf.Tensor3D,
      tf.Tensor3D,
      tf.Tensor3D,
    ]
    const whole = (before: tf.Tensor | undefined, added: tf.Tensor3D): tf.Tensor3D => {
      const all = before === undefined ? added : tf.concat([pastOf(before), added], 1)
      const read = Int32Array.from({ length: heads }, (_, head) => Math.floor((head * keyValueHeads) / heads))
      return tf.gather(all, tf.tensor1d(read, "int32")) as tf.Tensor3D
    }
    const pastOf = (before: tf.Tensor): tf.Tensor =>
      tf.squeeze(tf.slice(before as tf.Tensor4D, [row, 0, 0, 0], [1, -1, read[row] as number, -1]), [0])
    const offset = keys === undefined ? 0 : (read[row] as number)
    const scores = tf.mul(tf.matMul(queries, whole(keys, newKeys), false, true), 1 / Math.sqrt(size))
    const seen = Float32Array.from({ length: length * (offset + length) }, (_, at) =>
      at % (offset + length) > offset + Math.floor(at / (offset + length)) ? -1e9 : 0,
    )
    const weights = tf.softmax(tf.add(scores, tf.tensor2d(seen, [length, offset + length])))
    return tf.reshape(tf.transpose(tf.matMul(weights, whole(values, newValues)), [1, 0, 2]), [length, heads * size])
  })
  return tf.add(tf.stack(rows), tf.mul(tf.sum(tf.cast(lengths as tf.Tensor, "float32")), 0))
}

/**
 * Heads that one operator takes and heads that it does not, one new position and several, with a
 * past and without.
 */
export const cachedAttentionCase: fc.Arbitrary<Case> = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    length: fc.integer({ min: 1, max: 3 }),
    heads: sharedHeads,
    size: fc.constantFrom(3, 8, 16),
    past: fc.integer({ min: 0, max: 4 }),
  })
  .chain(({ batch, length, heads, size, past }) => {
    const memory = float([batch, heads.keyValueHeads, past + length, size])
    return fc
      .tuple(float([batch, length, vectorsOf(heads) * size]), memory, memory, int([batch], integers(0, past)), fc.constant(heads))
      .map(([projected, keys, values, lengths, count]) => ({ projected, keys, values, lengths, heads: count, past }))
  })
  .map(({ projected, keys, values, lengths, heads, past }) => {
    const begun = past === 0 ? { ...lengths, values: lengths.values.map(() => 0) } : lengths
    const inputs = past === 0 ? { projected, lengths: begun } : { projected, lengths: begun, keys, values }
    return {
      title: "cachedAttention",
      inputs,
      run: ({ projected, lengths, keys, values }) => {
        const cache = keys === undefined ? undefined : { keys: keys as tf.Tensor4D, values: values as tf.Tensor4D }
        return cachedAttention({ projected: projected as tf.Tensor3D, ...heads, lengths: lengths as tf.Tensor1D, cache }).mixed
      },
      definition: (tensors) => attentionOf(tensors, heads, [...begun.values]),
      tolerance: 1e-4,
    }
  })
