import * as tf from "@tensorflow/tfjs"
import { describe, expect, test } from "vitest"
import { compile, type TensorFunction } from "../../engine/index.ts"
import { trace } from "../../engine/trace/trace.ts"

const signature = { x: { shape: [4, 3], dtype: "float32" } } as const

/** How many nodes a function becomes. */
const nodes = (fn: (x: tf.Tensor) => tf.Tensor): number => trace(({ x }) => ({ y: fn(x as tf.Tensor) }), signature).nodes

describe("a graph holds", () => {
  test("nothing that no output needs", () => {
    const wasteful = nodes((x) => {
      tf.matMul(x, x, true)
      return tf.tanh(x)
    })
    expect(wasteful).toBe(1)
  })

  test("what is computed twice once", () => {
    expect(nodes((x) => tf.add(tf.tanh(x), tf.sin(tf.tanh(x))))).toBe(3)
  })

  test("no arithmetic of constants, and none that changes nothing", () => {
    expect(nodes((x) => tf.div(tf.mul(tf.add(x, 0), tf.exp(tf.scalar(0)).sub(0)), tf.ones([4, 3])))).toBe(2)
    expect(nodes((x) => tf.mul(x, tf.mul(tf.scalar(2), tf.scalar(3))))).toBe(1)
  })

  test("one reshaping for many, and none that leads back", () => {
    expect(nodes((x) => tf.reshape(tf.reshape(tf.expandDims(x, 0), [12]), [2, 6]))).toBe(1)
    expect(nodes((x) => tf.squeeze(tf.expandDims(tf.transpose(x), 0)))).toBe(1)
  })

  test("broadcasts unexpanded", () => {
    expect(nodes((x) => tf.add(tf.broadcastTo(tf.ones([1, 3]), [4, 3]), x))).toBe(1)
    // The gradient of a sum is ones everywhere: a scalar.
    expect(nodes((x) => tf.add(x, tf.grad((each: tf.Tensor) => tf.sum(each))(x)))).toBe(1)
  })

  test("outputs as they are computed, and copies only of inputs and of other outputs", async () => {
    const outputs: TensorFunction = ({ x }) => {
      const y = tf.tanh(x as tf.Tensor)
      return { y, again: tf.reshape(y, [4, 3]), later: tf.neg(y), x: x as tf.Tensor }
    }
    expect(trace(outputs, signature).nodes).toBe(4)
    const x = Float32Array.from({ length: 12 }, (_, index) => index / 8)
    const program = await compile(outputs, signature, { engine: "onnx", device: "cpu", threads: 1 })
    const found = await program.run({ x })
    expect(found.x).toEqual(x)
    expect(found.again).toEqual(found.y)
    for (const [index, value] of x.entries()) {
      expect(found.y?.[index]).toBeCloseTo(Math.tanh(value), 6)
      expect(found.later?.[index]).toBeCloseTo(-Math.tanh(value), 6)
    }
  })

  test("the same bytes for the same function, whatever was traced before", () => {
    const step: TensorFunction = ({ x }) => ({ y: tf.grad((each: tf.Tensor) => tf.sum(tf.square(tf.softmax(each))))(x as tf.Tensor) })
    const first = trace(step, signature).onnx.bytes
    trace(({ x }) => ({ y: tf.cos(x as tf.Tensor) }), signature)
    expect(Buffer.from(trace(step, signature).onnx.bytes).equals(Buffer.from(first))).toBe(true)
  })
})
