import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import {
  type AttentionHeads,
  cachedAttention,
  causalAttention,
  feedForward,
  gelu,
  layerNorm,
  layerNormLinear,
  linear,
  logSoftmax,
  type NamedTensors,
  rmsNorm,
  rotate,
  swiglu,
  tokenLogProbability,
} from "../../../engine/index.ts"
import type { Case } from "../agreement.ts"
import { float, floats, int, integers, shapes } from "../arbitrary.ts"
import type { Cases } from "./cases.ts"

/** Fused operations, and the plain operations that define them, with tfjs's own gradients. */

const size = fc.integer({ min: 1, max: 5 })
const rows = fc.oneof({ weight: 9, arbitrary: size }, { weight: 1, arbitrary: fc.constant(0) })
/** Far from the constant rows, whose normalisation has no well-conditioned gradient. */
const widths = fc.integer({ min: 3, max: 8 })

/** ½x(1 + tanh(√(2/π)(x + 0.044715x³))) */
const plainGelu = (x: tf.Tensor): tf.Tensor => {
  const inner = tf.mul(tf.add(x, tf.mul(tf.pow(x, 3), 0.044715)), Math.sqrt(2 / Math.PI))
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1))
}

const geluCase: fc.Arbitrary<Case> = shapes()
  .chain((shape) => float(shape, floats(-6, 6)))
  .map((x) => ({
    title: "gelu",
    inputs: { x },
    run: ({ x }) => gelu(x as tf.Tensor),
    definition: ({ x }) => plainGelu(x as tf.Tensor),
    gradients: ["x"],
    tolerance: 1e-4,
  }))

const normalised = ({ x, gain, bias }: NamedTensors): tf.Tensor2D => {
  const { mean, variance } = tf.moments(x as tf.Tensor, 1, true)
  const centred = tf.div(tf.sub(x as tf.Tensor, mean), tf.sqrt(tf.add(variance, 1e-5)))
  return tf.add(tf.mul(centred, gain as tf.Tensor), bias as tf.Tensor)
}

/** Rows whose elements are spread, so that their variance is not near 0. */
const spread = (count: number, width: number) =>
  float([count, width], floats(-0.25, 0.25)).map((noise) => ({
    ...noise,
    values: Float32Array.from(noise.values, (value, index) => value + ((index * 7) % width) - width / 2),
  }))

const layerNormCase: fc.Arbitrary<Case> = fc
  .tuple(rows, widths)
  .chain(([count, width]) => fc.tuple(spread(count, width), float([width]), float([width])))
  .map(([x, gain, bias]) => ({
    title: "layerNorm",
    inputs: { x, gain, bias },
    run: ({ x, gain, bias }) => layerNorm(x as tf.Tensor2D, { gain: gain as tf.Tensor1D, bias: bias as tf.Tensor1D }),
    definition: normalised,
    gradients: ["x", "gain", "bias"],
    tolerance: 1e-4,
  }))

const layerNormLinearCase: fc.Arbitrary<Case> = fc
  .tuple(rows, widths, size)
  .chain(([count, width, out]) => fc.tuple(spread(count, width), float([width]), float([width]), float([width, out]), float([out])))
  .map(([x, gain, bias, weight, shift]) => ({
    title: "layerNormLinear",
    inputs: { x, gain, bias, weight, shift },
    run: ({ x, gain, bias, weight, shift }) =>
      layerNormLinear(
        x as tf.Tensor2D,
        { gain: gain as tf.Tensor1D, bias: bias as tf.Tensor1D },
        { weight: weight as tf.Tensor2D, bias: shift as tf.Tensor1D },
      ),
    definition: ({ weight, shift, ...norm }) => tf.add(tf.matMul(normalised(norm), weight as tf.Tensor2D), shift as tf.Tensor1D),
    gradients: ["x", "gain", "bias", "weight", "shift"],
    tolerance: 1e-3,
  }))

const linearCase: fc.Arbitrary<Case> = fc
  .tuple(rows, size, size)
  .chain(([count, width, out]) => fc.tuple(float([count, width]), float([width, out]), float([out])))
  .map(([x, weight, bias]) => ({
    title: "linear",
    inputs: { x, weight, bias },
    run: ({ x, weight, bias }) => linear(x as tf.Tensor2D, weight as tf.Tensor2D, bias as tf.Tensor1D),
    definition: ({ x, weight, bias }) => tf.add(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D), bias as tf.Tensor1D),
    gradients: ["x", "weight", "bias"],
    tolerance: 1e-4,
  }))

const tokenLogProbabilityCase: fc.Arbitrary<Case> = fc
  .tuple(size, widths, fc.integer({ min: 2, max: 6 }))
  .chain(([count, width, vocabulary]) =>
    fc.tuple(float([count, width]), float([vocabulary, width]), int([count], integers(0, vocabulary - 1))),
  )
  .map(([states, embedding, tokens]) => ({
    title: "tokenLogProbability",
    inputs: { states, embedding, tokens },
    run: ({ states, embedding, tokens }) => tokenLogProbability(states as tf.Tensor2D, embedding as tf.Tensor2D, tokens as tf.Tensor1D),
    definition: ({ states, embedding, tokens }) => {
      const logits = tf.matMul(states as tf.Tensor2D, embedding as tf.Tensor2D, false, true)
      const hot = tf.oneHot(tokens as tf.Tensor1D, (embedding as tf.Tensor2D).shape[0], 1, 0, "float32")
      return tf.sum(tf.mul(tf.logSoftmax(logits), hot), 1)
    },
    gradients: ["states", "embedding"],
    tolerance: 1e-3,
  }))

const feedForwardCase: fc.Arbitrary<Case> = fc
  // More rows than are taken at a time, too.
  .tuple(fc.oneof({ weight: 4, arbitrary: rows }, { weight: 1, arbitrary: fc.constantFrom(256, 257, 515) }), size, size, size)
  .chain(([count, width, hidden, out]) =>
    fc.tuple(float([count, width]), float([width, hidden]), float([hidden]), float([hidden, out]), float([out])),
  )
  .map(([x, weight, shift, outWeight, outShift]) => ({
    title: "feedForward",
    inputs: { x, weight, shift, outWeight, outShift },
    run: ({ x, weight, shift, outWeight, outShift }) =>
      feedForward(x as tf.Tensor2D, {
        weight: weight as tf.Tensor2D,
        bias: shift as tf.Tensor1D,
        outWeight: outWeight as tf.Tensor2D,
        outBias: outShift as tf.Tensor1D,
      }),
    definition: ({ x, weight, shift, outWeight, outShift }) => {
      const hidden = tf.add(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D), shift as tf.Tensor1D)
      return tf.add(tf.matMul(plainGelu(hidden) as tf.Tensor2D, outWeight as tf.Tensor2D), outShift as tf.Tensor1D)
    },
    gradients: ["x", "weight", "shift", "outWeight", "outShift"],
    tolerance: 1e-3,
  }))

const logSoftmaxCase: fc.Arbitrary<Case> = fc
  .tuple(rows, size)
  .chain(([count, classes]) => float([count, classes]))
  .map((logits) => ({
    title: "logSoftmax",
    inputs: { logits },
    run: ({ logits }) => logSoftmax(logits as tf.Tensor2D),
    definition: ({ logits }) => tf.logSoftmax(logits as tf.Tensor2D),
    gradients: ["logits"],
    tolerance: 1e-4,
  }))

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

const causalAttentionCase: fc.Arbitrary<Case> = fc
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

const rmsNormCase: fc.Arbitrary<Case> = fc
  .tuple(rows, widths)
  .chain(([count, width]) => fc.tuple(spread(count, width), float([width])))
  .map(([x, gain]) => ({
    title: "rmsNorm",
    inputs: { x, gain },
    run: ({ x, gain }) => rmsNorm(x as tf.Tensor2D, gain as tf.Tensor1D, 1e-5),
    definition: ({ x, gain }) => {
      const meanSquare = tf.mean(tf.square(x as tf.Tensor), 1, true)
      return tf.mul(tf.div(x as tf.Tensor, tf.sqrt(tf.add(meanSquare, 1e-5))), gain as tf.Tensor)
    },
    gradients: ["x", "gain"],
    tolerance: 1e-4,
  }))

/** Heads that are turned whole, and heads of which a part stays. */
const rotateCase: fc.Arbitrary<Case> = fc
  .record({ count: rows, heads: size, pairs: fc.integer({ min: 1, max: 3 }), rest: fc.integer({ min: 0, max: 2 }) })
  .chain(({ count, heads, pairs, rest }) => {
    const width = 2 * pairs + rest
    return fc.tuple(float([count, heads * width]), float([count, pairs], floats(-3, 3)), fc.constant({ heads, pairs, width }))
  })
  .map(([x, angles, { heads, pairs, width }]) => ({
    title: "rotate",
    inputs: { x, angles },
    run: ({ x, angles }) => rotate(x as tf.Tensor2D, width, { cosine: tf.cos(angles as tf.Tensor2D), sine: tf.sin(angles as tf.Tensor2D) }),
    definition: ({ x, angles }) => {
      const columns = Array.from({ length: heads * width }, (_, column) => {
        const element = column % width
        const own = tf.slice(x as tf.Tensor2D, [0, column], [-1, 1])
        if (element >= 2 * pairs) return own
        const isFirst = element < pairs
        const other = tf.slice(x as tf.Tensor2D, [0, isFirst ? column + pairs : column - pairs], [-1, 1])
        const angle = tf.slice(angles as tf.Tensor2D, [0, element % pairs], [-1, 1])
        const turned = tf.mul(other, tf.sin(angle))
        return tf.add(tf.mul(own, tf.cos(angle)), isFirst ? tf.neg(turned) : turned)
      })
      return tf.concat(columns, 1)
    },
    gradients: ["x"],
    tolerance: 1e-4,
  }))

const swigluCase: fc.Arbitrary<Case> = fc
  .tuple(rows, size)
  .chain(([count, width]) => fc.tuple(float([count, width], floats(-6, 6)), float([count, width])))
  .map(([gate, up]) => ({
    title: "swiglu",
    inputs: { gate, up },
    run: ({ gate, up }) => swiglu(gate as tf.Tensor2D, up as tf.Tensor2D),
    definition: ({ gate, up }) => tf.mul(tf.div(gate as tf.Tensor, tf.add(tf.exp(tf.neg(gate as tf.Tensor)), 1)), up as tf.Tensor),
    gradients: ["gate", "up"],
    tolerance: 1e-4,
  }))

export const fusedCases: Cases = {
  causalAttention: causalAttentionCase,
  feedForward: feedForwardCase,
  logSoftmax: logSoftmaxCase,
  gelu: geluCase,
  layerNorm: layerNormCase,
  layerNormLinear: layerNormLinearCase,
  linear: linearCase,
  rmsNorm: rmsNormCase,
  rotate: rotateCase,
  swiglu: swigluCase,
  tokenLogProbability: tokenLogProbabilityCase,
}
