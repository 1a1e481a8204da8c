import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { compile, type EngineSetting, type NamedTensors, type Values } from "../../engine/index.ts"
import { eager, expectSameResults } from "./agreement.ts"
import { cachedAttentionCase, fusedCases } from "./cases/fused.ts"
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
