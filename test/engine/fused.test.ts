import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { compile, type EngineSetting, type NamedTensors, tokenLogProbability, type Values } from "../../engine/index.ts"
import { eager, expectSameResults } from "./agreement.ts"
import { cachedAttentionCase } from "./cases/attention.ts"
import { fusedCases } from "./cases/fused.ts"
import { agreesWithEager } from "./laws.ts"

const onnx = { engine: "onnx", device: "cpu", threads: 1 } as const satisfies EngineSetting

/** Has no gradient. */
const cases = { ...fusedCases, cachedAttention: cachedAttentionCase }

agreesWithEager("fused operations, traced, and their definitions", cases, 20)

test("fused operations, eager, and their definitions: values and gradients agree", async () => {
  await tf.setBackend("cpu")
  fc.assert(
    fc.property(fc.tuple(...Object.values(cases)), (drawn) => {
      for (const each of drawn) expectSameResults(each, eager(each, each.run), eager(each, each.definition ?? each.run))
    }),
    { seed: 5, numRuns: 20 },
  )
})

test("log-probabilities are those of their own row, however many rows there are", async () => {
  const [width, vocabulary] = [5, 7]
  const embedding = Float32Array.from({ length: vocabulary * width }, (_, index) => Math.cos(index))
  // A chunk has 256 rows.
  for (const rows of [0, 1, 255, 256, 257, 700]) {
    const states = Float32Array.from({ length: rows * width }, (_, index) => Math.sin(index))
    const tokens = Int32Array.from({ length: rows }, (_, row) => (3 * row) % vocabulary)
    const program = await compile(
      ({ states, embedding, tokens }) => ({
        logp: tokenLogProbability(states as tf.Tensor2D, embedding as tf.Tensor2D, tokens as tf.Tensor1D),
      }),
      {
        states: { shape: [rows, width], dtype: "float32" },
        embedding: { shape: [vocabulary, width], dtype: "float32" },
        tokens: { shape: [rows], dtype: "int32" },
      },
      onnx,
    )
    const { logp } = await program.run({ states, embedding, tokens })
    expect(logp).toHaveLength(rows)
    for (let row = 0; row < rows; row++) {
      const score = (token: number): number => {
        const products = Array.from(
          { length: width },
          (_, k) => (states[row * width + k] as number) * (embedding[token * width + k] as number),
        )
        return products.reduce((sum, product) => sum + product, 0)
      }
      const all = Array.from({ length: vocabulary }, (_, token) => Math.exp(score(token))).reduce((sum, value) => sum + value, 0)
      expect(logp?.[row], `row ${row} of ${rows}`).toBeCloseTo(score(tokens[row] as number) - Math.log(all), 5)
    }
  }
})

describe("the gradient is the limit of differences", () => {
  const step = 2 ** -7

  test.each(Object.entries(fusedCases))("of %s", async (_, arbitrary) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, async (drawn) => {
        const gradients = drawn.gradients as ReadonlyArray<string>
        const values = Object.fromEntries(Object.entries(drawn.inputs).map(([name, { values }]) => [name, values]))
        const loss = (inputs: NamedTensors): tf.Scalar => {
          const output = drawn.run(inputs) as tf.Tensor
          return tf.sum(tf.mul(output, weights(output.size).reshape(output.shape)))
        }
        const program = await compile(
          (inputs) => {
            const { value, grads } = tf.valueAndGrads((...variables: Array<tf.Tensor>) =>
              loss({ ...inputs, ...Object.fromEntries(gradients.map((name, index) => [name, variables[index] as tf.Tensor])) }),
            )(gradients.map((name) => inputs[name] as tf.Tensor))
            return { loss: value, ...Object.fromEntries(gradients.map((name, index) => [`d ${name}`, grads[index] as tf.Tensor])) }
          },
          drawn.inputs,
          onnx,
        )
        const at = async (name: string, index: number, distance: number): Promise<number> => {
          const moved = values[name]?.slice() as Values
          moved[index] = (moved[index] as number) + distance
          return (await program.run({ ...values, [name]: moved })).loss?.[0] as number
        }
        const slopes = await program.run(values)
        for (const name of gradients) {
          for (let index = 0; index < (values[name]?.length ?? 0); index++) {
            const difference = ((await at(name, index, step)) - (await at(name, index, -step))) / (2 * step)
            const slope = slopes[`d ${name}`]?.[index] as number
            expect(Math.abs(slope - difference) / Math.max(1, Math.abs(difference)), `by ${name}[${index}]`).toBeLessThan(5e-3)
          }
        }
      }),
      { seed: 6, numRuns: 4 },
    )
  })
})

const weights = (size: number): tf.Tensor1D => tf.tensor1d(Float32Array.from({ length: size }, (_, index) => Math.cos(1 + 2.3 * index)))
