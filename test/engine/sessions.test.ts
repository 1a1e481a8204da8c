import * as tf from "@tensorflow/tfjs"
import * as ort from "onnxruntime-node"
import { describe, expect, test } from "vitest"
import { Sessions } from "../../engine/onnx/session.ts"
import { inputName, outputName, trace } from "../../engine/trace/trace.ts"

const setting = { engine: "onnx", device: "cpu", threads: 1 } as const

/** A program that adds `number` to `size` numbers and sums them up. */
const program = (number: number, size = 1000) =>
  trace(({ x }) => ({ sum: tf.sum(tf.exp(tf.add(x as tf.Tensor, number))) }), { x: { shape: [size], dtype: "float32" } }).onnx

const run = async (sessions: Sessions, number: number, size = 1000): Promise<number> => {
  const onnx = program(number, size)
  const x = new ort.Tensor("float32", new Float32Array(size), [size])
  const results = await sessions.use(sessions.key(onnx, setting), onnx, setting, (session) => session.run({ [inputName("x")]: x }))
  return results[outputName("sum")]?.data[0] as number
}

describe("sessions", () => {
  test("of equal programs are one, and of different ones are not", async () => {
    const sessions = new Sessions(2 ** 30)
    for (const number of [1, 2, 1, 2, 1]) expect(await run(sessions, number)).toBeCloseTo(1000 * Math.exp(number), 1)
    expect(sessions.count).toBe(2)
  })

  test("take no more than the capacity, and one that had to go is made again when it is called", async () => {
    const sessions = new Sessions(30_000)
    for (let round = 0; round < 3; round++) {
      for (let number = 0; number < 6; number++) expect(await run(sessions, number)).toBeCloseTo(1000 * Math.exp(number), 0)
      expect(sessions.count).toBeGreaterThan(1)
      expect(sessions.count).toBeLessThan(6)
    }
  })

  test("that are in use stay, however little room there is", async () => {
    const sessions = new Sessions(1)
    const sums = await Promise.all([0, 1, 2, 3, 0, 1, 2, 3].map((number) => run(sessions, number)))
    for (const [index, sum] of sums.entries()) expect(sum).toBeCloseTo(1000 * Math.exp(index % 4), 1)
    expect(sessions.count).toBe(1)
  })
})

test("a program's peak is what its values take at its busiest moment", () => {
  const { peakBytes } = trace(
    ({ x }) => {
      const [a, b] = [tf.exp(x as tf.Tensor), tf.log(tf.add(x as tf.Tensor, 2))]
      return { sum: tf.sum(tf.mul(a, b)) }
    },
    { x: { shape: [1000], dtype: "float32" } },
  ).onnx
  // exp, and the logarithm with what it is taken of; or both with their product.
  expect(peakBytes).toBe(3 * 4000)
})
