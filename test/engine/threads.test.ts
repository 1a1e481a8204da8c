import * as tf from "@tensorflow/tfjs"
import { describe, expect, test } from "vitest"
import {
  compile,
  feedForward,
  gelu,
  layerNormLinear,
  linear,
  type NamedTensors,
  type TensorFunction,
  type TensorSpec,
  tokenLogProbability,
  type Values,
} from "../../engine/index.ts"
import { integers, normals } from "../../engine/random/philox.ts"

/**
 * Results are the same to the last bit on any number of threads, however often they are computed.
 */

const float = (...shape: Array<number>) => ({ shape, dtype: "float32" }) as const
const index = (below: number, ...shape: Array<number>) => ({ shape, dtype: "int32", below }) as const

type Drawn = TensorSpec & { readonly below?: number }

const drawn = ({ shape, dtype, below = 1 }: Drawn, name: string): Values => {
  const size = shape.reduce((product, axis) => product * axis, 1)
  return dtype === "float32" ? normals(1, name, 0, new Float32Array(size)) : integers(1, name, 0, below, new Int32Array(size))
}

const expectSteady = async (fn: TensorFunction, inputs: Readonly<Record<string, Drawn>>, repetitions = 2): Promise<void> => {
  const signature = Object.fromEntries(Object.entries(inputs).map(([name, { shape, dtype }]) => [name, { shape, dtype }]))
  const values = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, drawn(input, name)]))
  const results = async (threads: number) => {
    const program = await compile(fn, signature, { engine: "onnx", device: "cpu", threads })
    const runs = []
    for (let run = 0; run < repetitions; run++) runs.push(await program.run(values))
    return runs
  }
  const [first] = await results(1)
  for (const threads of [1, 2, 8]) {
    for (const run of await results(threads)) {
      const different = Object.keys(run).filter((name) => !sameBits(run[name] as Values, first?.[name] as Values))
      expect(different, `on ${threads} threads`).toEqual([])
    }
  }
}

const sameBits = (a: Values, b: Values): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength))

describe("on any number of threads, equal to the last bit", () => {
  // Here threads would meet at the same rows: without order, additions get lost.
  test("are sums at repeated indices, and what is put there last", async () => {
    await expectSteady(
      ({ x, ids, target }) => ({
        segments: tf.unsortedSegmentSum(x as tf.Tensor2D, ids as tf.Tensor1D, 50),
        scattered: tf.scatterND(tf.expandDims(ids as tf.Tensor, 1), x as tf.Tensor, [50, 64]),
        put: tf.tensorScatterUpdate(target as tf.Tensor, tf.expandDims(ids as tf.Tensor, 1), x as tf.Tensor),
        embedding: tf.grad((table: tf.Tensor) => tf.sum(tf.mul(tf.gather(table, ids as tf.Tensor1D), x as tf.Tensor)))(target as tf.Tensor),
      }),
      { x: float(20_000, 64), ids: index(50, 20_000), target: float(50, 64) },
      10,
    )
  })

  // Shapes whose products ONNX Runtime cuts so that sums are grouped by the number of threads.
  const shapes = [
    [64, 128, 512],
    [16, 64, 2048],
    [64, 144, 2048],
    [64, 256, 2048],
    [128, 512, 2048],
    [300, 1, 2048],
    [3, 1, 30_000],
    [3, 3, 20_000],
    [7, 5, 30_000],
    [13, 9, 13_384],
    [1, 200, 2048],
    [1, 512, 2048],
    [1, 2048, 256],
    [200, 96, 700],
  ] as const

  test.each(shapes)("are products [%i, k] · [k, %i] with k = %i", async (rows, columns, inner) => {
    await expectSteady(
      ({ a, b, at, bt, bias }) => ({
        straight: tf.matMul(a as tf.Tensor, b as tf.Tensor),
        left: tf.matMul(at as tf.Tensor, b as tf.Tensor, true, false),
        right: tf.matMul(a as tf.Tensor, bt as tf.Tensor, false, true),
        both: tf.matMul(at as tf.Tensor, bt as tf.Tensor, true, true),
        biased: linear(a as tf.Tensor2D, b as tf.Tensor2D, bias as tf.Tensor1D),
      }),
      {
        a: float(rows, inner),
        at: float(inner, rows),
        b: float(inner, columns),
        bt: float(columns, inner),
        bias: float(columns),
      },
      1,
    )
  })

  test.each([
    [2, 32, 128, 512],
    [5, 32, 128, 512],
    [12, 32, 128, 512],
    [2, 128, 32, 512],
  ])("are stacks of %i products [%i, k] · [k, %i] with k = %i", async (stack, rows, columns, inner) => {
    await expectSteady(
      ({ a, b, bt }) => ({
        straight: tf.matMul(a as tf.Tensor, b as tf.Tensor),
        right: tf.matMul(a as tf.Tensor, bt as tf.Tensor, false, true),
      }),
      { a: float(stack, rows, inner), b: float(stack, inner, columns), bt: float(stack, columns, inner) },
      1,
    )
  })

  test("are reductions over any axes", async () => {
    const shapes = [
      [6, 2, 31],
      [2, 61, 114],
      [3, 20, 13],
      [1, 2, 16],
      [5, 12, 8, 1],
      [40, 7, 30, 3],
    ]
    const axesOf = (shape: ReadonlyArray<number>) =>
      Array.from({ length: 2 ** shape.length - 1 }, (_, mask) => [...shape.keys()].filter((axis) => ((mask + 1) >> axis) & 1))
    await expectSteady(
      (inputs) =>
        Object.fromEntries(
          Object.entries(inputs).flatMap(([name, x]) =>
            axesOf(x.shape).flatMap((axes) => [
              [`sum of ${name} over ${axes}`, tf.sum(x, axes)],
              [`mean of ${name} over ${axes}`, tf.mean(x, axes, true)],
              [`max of ${name} over ${axes}`, tf.max(x, axes)],
            ]),
          ),
        ),
      Object.fromEntries(shapes.map((shape) => [String(shape), float(...shape)])),
    )
  })

  test("are functions of one element, wherever the element stands", async () => {
    const functions: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
      ...{ abs: tf.abs, atan: tf.atan, cos: tf.cos, elu: tf.elu, erf: tf.erf, exp: tf.exp, expm1: tf.expm1, gelu, selu: tf.selu },
      ...{ logSigmoid: tf.logSigmoid, sigmoid: tf.sigmoid, sin: tf.sin, softplus: tf.softplus, tanh: tf.tanh, softmax: tf.softmax },
      log: (x: tf.Tensor) => tf.log(tf.abs(x)),
      log1p: (x: tf.Tensor) => tf.log1p(tf.abs(x)),
      logSoftmax: (x: tf.Tensor) => tf.logSoftmax(x),
      rsqrt: (x: tf.Tensor) => tf.rsqrt(tf.abs(x)),
      power: (x: tf.Tensor) => tf.pow(tf.abs(x), 1.7),
      cumsum: (x: tf.Tensor) => tf.cumsum(x, 1),
      cumprod: (x: tf.Tensor) => tf.cumprod(x, 1),
    }
    const each = ({ x }: NamedTensors) => Object.fromEntries(Object.entries(functions).map(([name, f]) => [name, f(x as tf.Tensor)]))
    await expectSteady(each, { x: float(70, 3001) })
    await expectSteady(each, { x: float(20_011, 1) })
  })

  test("is the gradient of a feed-forward layer of several chunks of rows", async () => {
    const [rows, width, hidden] = [600, 48, 192] as const
    const layer = ({ x, weight, shift, outWeight, outShift }: NamedTensors) =>
      feedForward(x as tf.Tensor2D, {
        weight: weight as tf.Tensor2D,
        bias: shift as tf.Tensor1D,
        outWeight: outWeight as tf.Tensor2D,
        outBias: outShift as tf.Tensor1D,
      })
    const given = {
      x: float(rows, width),
      weight: float(width, hidden),
      shift: float(hidden),
      outWeight: float(hidden, width),
      outShift: float(width),
    }
    const names = Object.keys(given)
    await expectSteady(
      (inputs) => {
        const loss = (...tensors: Array<tf.Tensor>) =>
          tf.sum(tf.square(layer(Object.fromEntries(names.map((name, at) => [name, tensors[at] as tf.Tensor]))))) as tf.Scalar
        const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => inputs[name] as tf.Tensor))
        return { value, ...Object.fromEntries(names.map((name, at) => [name, grads[at] as tf.Tensor])) }
      },
      given,
      4,
    )
  })

  test("is a training step", async () => {
    const [batch, length, width, vocabulary] = [16, 12, 48, 90] as const
    const forward = ({ embedding, gain, bias, wide, shift, narrow }: NamedTensors, tokens: tf.Tensor, targets: tf.Tensor) => {
      const rows = tf.gather(embedding as tf.Tensor2D, tf.reshape(tokens, [-1]) as tf.Tensor1D)
      const weights = tf.softmax(tf.matMul(tf.reshape(rows, [batch, length, width]), tf.reshape(rows, [batch, length, width]), false, true))
      const mixed = tf.reshape(tf.matMul(weights, tf.reshape(rows, [batch, length, width])), [-1, width]) as tf.Tensor2D
      const widened = layerNormLinear(
        mixed,
        { gain: gain as tf.Tensor1D, bias: bias as tf.Tensor1D },
        { weight: wide as tf.Tensor2D, bias: shift as tf.Tensor1D },
      )
      const states = tf.add(rows, tf.matMul(gelu(widened), narrow as tf.Tensor2D)) as tf.Tensor2D
      return tf.neg(tf.mean(tokenLogProbability(states, embedding as tf.Tensor2D, tf.reshape(targets, [-1]) as tf.Tensor1D))) as tf.Scalar
    }
    const parameters = {
      embedding: float(vocabulary, width),
      gain: float(width),
      bias: float(width),
      wide: float(width, 4 * width),
      shift: float(4 * width),
      narrow: float(4 * width, width),
    }
    const names = Object.keys(parameters)
    await expectSteady(
      (inputs) => {
        const { value, grads } = tf.valueAndGrads((...tensors: Array<tf.Tensor>) =>
          forward(
            Object.fromEntries(names.map((name, at) => [name, tensors[at] as tf.Tensor])),
            inputs.tokens as tf.Tensor,
            inputs.targets as tf.Tensor,
          ),
        )(names.map((name) => inputs[name] as tf.Tensor))
        return { value, ...Object.fromEntries(names.map((name, at) => [name, grads[at] as tf.Tensor])) }
      },
      { ...parameters, tokens: index(vocabulary, batch, length), targets: index(vocabulary, batch, length) },
      4,
    )
  })
})
