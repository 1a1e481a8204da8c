import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import {
  feedForward,
  gelu,
  layerNorm,
  layerNormLinear,
  linear,
  logSoftmax,
  lowRank,
  type NamedTensors,
  rmsNorm,
  rotate,
  swiglu,
  tokenLogProbability,
} from "../../../engine/index.ts"
import type { Case } from "../agreement.ts"
import { float, floats, int, integers, shapes } from "../arbitrary.ts"
import { causalAttentionCase } from "./attention.ts"
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

const lowRankCase: fc.Arbitrary<Case> = fc
  .tuple(rows, size, size, size)
  .chain(([count, input, rank, output]) => fc.tuple(float([count, input]), float([rank, input]), float([output, rank])))
  .map(([x, down, up]) => ({
    title: "lowRank",
    inputs: { x, down, up },
    run: ({ x, down, up }) => lowRank(x as tf.Tensor2D, down as tf.Tensor2D, up as tf.Tensor2D),
    definition: ({ x, down, up }) => tf.matMul(x as tf.Tensor2D, tf.matMul(up as tf.Tensor2D, down as tf.Tensor2D), false, true),
    gradients: ["x", "down", "up"],
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
  lowRank: lowRankCase,
  rmsNorm: rmsNormCase,
  rotate: rotateCase,
  swiglu: swigluCase,
  tokenLogProbability: tokenLogProbabilityCase,
}
