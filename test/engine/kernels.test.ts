import { readFile } from "node:fs/promises"
import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { families } from "../../engine/trace/families.ts"
import { kernelTable } from "../../engine/trace/table.ts"
import { binaryCases } from "./cases/binary.ts"
import { indexingCases } from "./cases/indexing.ts"
import { linearCases } from "./cases/linear.ts"
import { reductionCases } from "./cases/reduction.ts"
import { shapeCases } from "./cases/shape.ts"
import { unaryCases } from "./cases/unary.ts"

test("engine/KERNELS.md is what `npm run kernels` writes", async () => {
  expect(await readFile("engine/KERNELS.md", "utf8")).toBe(kernelTable())
})

describe("every kernel is tested", () => {
  const cases = { ...binaryCases, ...indexingCases, ...linearCases, ...reductionCases, ...shapeCases, ...unaryCases }
  const { "Assay's own": own, ...others } = families
  const names = Object.values(others).flatMap((family) => Object.keys(family))

  test("by cases under its name", () => {
    expect(Object.keys(cases).sort()).toEqual([...names].sort())
    // These have tests of their own, see fused.test.ts.
    expect(Object.keys(own).sort()).toEqual([
      "AddProduct",
      "CachedAttention",
      "Gelu",
      "LayerNorm",
      "Linear",
      "LogProbabilities",
      "RmsNormalise",
      "Standardise",
    ])
  })

  test("by cases that come to it", async () => {
    await tf.setBackend("cpu")
    for (const [name, arbitrary] of Object.entries(cases)) {
      const used = new Set<string>()
      for (const each of fc.sample(arbitrary, { seed: 1, numRuns: 20 })) {
        if (used.has(name)) break
        const profile = await tf.profile(() => {
          const inputs = Object.entries(each.inputs).map(([key, { values, shape, dtype }]) => [key, tf.tensor(values, [...shape], dtype)])
          const tensors: Record<string, tf.Tensor> = Object.fromEntries(inputs)
          for (const gradient of each.gradients ?? []) {
            const loss = (x: tf.Tensor) =>
              tf.addN([each.run({ ...tensors, [gradient]: x })].flat().map((output) => tf.sum(output as tf.Tensor)))
            tf.grad(loss as (x: tf.Tensor) => tf.Scalar)(tensors[gradient] as tf.Tensor)
          }
          each.run(tensors)
          return tf.scalar(0)
        })
        for (const kernel of profile.kernelNames) used.add(kernel)
      }
      expect([...used], `by the cases of ${name}`).toContain(name)
    }
  })
})
