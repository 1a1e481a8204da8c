import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import {
  cachedAttention,
  causalAttention,
  gelu,
  layerNorm,
  layerNormLinear,
  linear,
  type NamedTensors,
  takeRows,
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

const geluCase: fc.Arbitrary<Case> = shapes()
  .chain((shape) => float(shape, floats(-6, 6)))
  .map((x) => ({
    title: "gelu",
    inputs: { x },
    run: ({ x }) => gelu(x as tf.Tensor),
    // ½x(1 + tanh(√(2/π)(x + 0.044715x³)))
    definition: ({ x }) => {
      const inner = tf.mul(tf.add(x as tf.Tensor, tf.mul(tf.pow(x as tf.Tensor, 3), 0.044715)), Math.sqrt(2 / Math.PI))
      return tf.mul(tf.mul(x as tf.Tensor, 0.5), tf.add(tf.tanh(inner), 1))
    },
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
    run: ({ x, gain, bias }) => layerNorm(x as tf.Tensor2D, gain as tf.Tensor1D, bias as tf.Tensor1D),
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
      layerNormLinear(x as tf.Tensor2D, gain as tf.Tensor1D, bias as tf.Tensor1D, weight as tf.Tensor2D, shift as tf.Tensor1D),
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

/** Rows taken to places, some of them to two and some to none, and places to which none is taken. */
const takeRowsCase: fc.Arbitrary<Case> = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 2 }))
  .chain(([count, width, uses]) =>
    fc.tuple(float([count, width]), fc.shuffledSubarray([...Array(count * uses).keys(), -1, -2]), fc.constant(count), fc.constant(uses)),
  )
  .filter(([, places]) => places.length > 0)
  .map(([x, places, count, uses]) => {
    const indices = Int32Array.from(places, (use) => (use < 0 ? -1 : use % count))
    const inverse = Int32Array.from({ length: uses * count }, (_, use) => places.indexOf(use))
    const isTaken = (tensor: tf.Tensor): tf.Tensor => tf.cast(tf.expandDims(tf.greaterEqual(tensor, 0), 1), "float32")
    return {
      title: "takeRows",
      inputs: {
        x,
        indices: { shape: [places.length], dtype: "int32", values: indices },
        inverse: { shape: [uses, count], dtype: "int32", values: inverse },
      },
      // What stands where nothing was taken means nothing.
      run: ({ x, indices, inverse }) =>
        tf.mul(takeRows(x as tf.Tensor2D, indices as tf.Tensor1D, inverse as tf.Tensor2D), isTaken(indices as tf.Tensor)),
      definition: ({ x, indices }) =>
        tf.mul(
          tf.gather(x as tf.Tensor, tf.maximum(indices as tf.Tensor, tf.scalar(0, "int32")) as tf.Tensor1D),
          isTaken(indices as tf.Tensor),
        ),
      gradients: ["x"],
    }
  })

const causalAttentionCase: fc.Arbitrary<Case> = fc
  .record({
    batch: size,
    length: fc.integer({ min: 1, max: 6 }),
    heads: fc.integer({ min: 1, max: 3 }),
    size: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ batch, length, heads, size }) =>
    float([batch * length, 3 * heads * size]).map((projected) => ({ projected, batch, length, heads })),
  )
  .map(({ projected, batch, length, heads }) => ({
    title: "causalAttention",
    inputs: { projected },
    run: ({ projected }) => causalAttention(projected as tf.Tensor2D, { batch, length, heads }),
    definition: ({ projected }) => {
      const rows = tf.reshape(projected as tf.Tensor, [batch, length, -1])
      const none = tf.zeros([batch], "int32")
      return tf.reshape(
        attentionOf(
          { projected: rows, lengths: none },
          heads,
          Array.from({ length: batch }, () => 0),
        ),
        [batch * length, -1],
      )
    },
    gradients: ["projected"],
    tolerance: 1e-4,
  }))

/** Attention of one row after the other, each over what it has read and no more. */
const attentionOf = ({ projected, lengths, keys, values }: NamedTensors, heads: number, read: ReadonlyArray<number>): tf.Tensor => {
  const [batch, length, columns] = (projected as tf.Tensor3D).shape
  const size = columns / (3 * heads)
  const rows = Array.from({ length: batch }, (_, row) => {
    const own = tf.reshape(tf.slice(projected as tf.Tensor3D, [row, 0, 0], [1, -1, -1]), [length, 3, heads, size])
    const [queries, newKeys, newValues] = tf.unstack(tf.transpose(own, [1, 2, 0, 3])) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D]
    const whole = (before: tf.Tensor | undefined, added: tf.Tensor3D): tf.Tensor3D => {
      if (before === undefined) return added
      const past = tf.slice(before as tf.Tensor4D, [row, 0, 0, 0], [1, -1, read[row] as number, -1])
      return tf.concat([tf.squeeze(past, [0]) as tf.Tensor3D, added], 1)
    }
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

/** Heads that one operator takes and heads that it does not, one new position and several, with a past and without. */
export const cachedAttentionCase: fc.Arbitrary<Case> = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    length: fc.integer({ min: 1, max: 3 }),
    heads: fc.integer({ min: 1, max: 2 }),
    size: fc.constantFrom(3, 8, 16),
    past: fc.integer({ min: 0, max: 4 }),
  })
  .chain(({ batch, length, heads, size, past }) => {
    const memory = float([batch, heads, past + length, size])
    return fc
      .tuple(float([batch, length, 3 * heads * size]), memory, memory, int([batch], integers(0, past)), fc.constant(heads))
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
        return cachedAttention({ projected: projected as tf.Tensor3D, heads, lengths: lengths as tf.Tensor1D, cache }).mixed
      },
      definition: (tensors) => attentionOf(tensors, heads, [...begun.values]),
      tolerance: 1e-4,
    }
  })

export const fusedCases: Cases = {
  takeRows: takeRowsCase,
  causalAttention: causalAttentionCase,
  gelu: geluCase,
  layerNorm: layerNormCase,
  layerNormLinear: layerNormLinearCase,
  linear: linearCase,
  tokenLogProbability: tokenLogProbabilityCase,
}
