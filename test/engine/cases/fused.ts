import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import { gelu, layerNorm, layerNormLinear, linear, type NamedTensors, tokenLogProbability } from "../../../engine/index.ts"
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

export const fusedCases: Cases = {
  gelu: geluCase,
  layerNorm: layerNormCase,
  layerNormLinear: layerNormLinearCase,
  linear: linearCase,
  tokenLogProbability: tokenLogProbabilityCase,
}
