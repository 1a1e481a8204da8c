import * as tf from "@tensorflow/tfjs"
import { describe, expect, test } from "vitest"
import { Learner } from "../../../learning/trainer/learner.ts"
import type { Objective } from "../../../learning/trainer/objective.ts"
import { oneThread } from "../support/stage.ts"

const shapes = { matrix: [2, 3], vector: [3] }
const initial = { matrix: Float32Array.of(0.5, -1, 2, 0.1, 0, -0.3), vector: Float32Array.of(1, -2, 0.25) }
const specs = { input: { shape: [2], dtype: "float32" } } as const
const inputs = [Float32Array.of(1, 2), Float32Array.of(-0.5, 0.3), Float32Array.of(0.01, 4), Float32Array.of(0, 0)]

/** Σ (xᵀM + v − 1)⁴/4, which has large gradients at first and small ones later. */
const quartic: Objective = ({ matrix, vector }, { input }) => {
  const row = tf.matMul(tf.reshape(input as tf.Tensor, [1, 2]), matrix as tf.Tensor2D)
  const off = tf.sub(tf.add(row, vector as tf.Tensor), 1)
  const loss = tf.div(tf.sum(tf.pow(off, 4)), 4) as tf.Scalar
  return { loss, largest: tf.max(tf.abs(off)) as tf.Scalar }
}
const quarticGradient = (matrix: ReadonlyArray<number>, vector: ReadonlyArray<number>, [a = 0, b = 0]: Float32Array) => {
  const cubes = vector.map((v, column) => (a * (matrix[column] as number) + b * (matrix[3 + column] as number) + v - 1) ** 3)
  return [...cubes.map((cube) => a * cube), ...cubes.map((cube) => b * cube), ...cubes]
}

/**
 * Adam as Kingma and Ba (2015) print it, with the moments corrected one by one, after clipping to a
 * norm of 1; with the decay of the matrix as Loshchilov and Hutter (2019, algorithm 2) take it off.
 */
const plainAdam = (rates: ReadonlyArray<number>, decay = 0) => {
  let values = [...initial.matrix, ...initial.vector]
  let first = values.map(() => 0)
  let second = values.map(() => 0)
  return rates.map((rate, index) => {
    const raw = quarticGradient(values.slice(0, 6), values.slice(6), inputs[index % inputs.length] as Float32Array)
    const norm = Math.sqrt(raw.reduce((sum, each) => sum + each ** 2, 0))
    const gradient = raw.map((each) => each * Math.min(1, 1 / (norm + 1e-6)))
    first = first.map((each, i) => 0.9 * each + 0.1 * (gradient[i] as number))
    second = second.map((each, i) => 0.999 * each + 0.001 * (gradient[i] as number) ** 2)
    const step = index + 1
    values = values.map((each, i) => {
      const mean = (first[i] as number) / (1 - 0.9 ** step)
      const square = (second[i] as number) / (1 - 0.999 ** step)
      const remaining = i < 6 ? each - rate * decay * each : each
      return remaining - (rate * mean) / (Math.sqrt(square) + 1e-8)
    })
    return { values, norm }
  })
}

describe("a step", () => {
  test("is Adam's, with gradients clipped to norm 1, as written out in plain numbers", async () => {
    const rates = Array.from({ length: 12 }, (_, index) => 0.05 * (index + 1))
    const learner = new Learner(shapes, initial, quartic, oneThread)
    const norms: Array<number> = []
    for (const [index, expected] of plainAdam(rates).entries()) {
      const report = await learner.step({ input: inputs[index % inputs.length] as Float32Array }, specs, rates[index] as number)
      const found = [...(learner.parameters.matrix as Float32Array), ...(learner.parameters.vector as Float32Array)]
      for (const [place, value] of expected.values.entries()) expect(found[place], `step ${index + 1}`).toBeCloseTo(value, 3)
      expect((report.gradient_norm as number) / expected.norm).toBeCloseTo(1, 3)
      norms.push(expected.norm)
    }
    expect(learner.steps).toBe(12)
    // Both sides of the clip were visited.
    expect(Math.max(...norms)).toBeGreaterThan(10)
    expect(Math.min(...norms)).toBeLessThan(1)
  })

  test("with weight decay is AdamW's, and decays matrices alone", async () => {
    const rates = Array.from({ length: 8 }, (_, index) => 0.05 * (index + 1))
    const learner = new Learner(shapes, initial, quartic, oneThread, { weightDecay: 0.3 })
    for (const [index, { values }] of plainAdam(rates, 0.3).entries()) {
      await learner.step({ input: inputs[index % inputs.length] as Float32Array }, specs, rates[index] as number)
      const found = [...(learner.parameters.matrix as Float32Array), ...(learner.parameters.vector as Float32Array)]
      for (const [place, value] of values.entries()) expect(found[place], `step ${index + 1}`).toBeCloseTo(value, 3)
    }
  })

  test("moves by no more than the learning rate at first, however steep the loss", async () => {
    const steep: Objective = ({ vector }) => ({ loss: tf.sum(tf.mul(vector as tf.Tensor, 1e6)) as tf.Scalar })
    const learner = new Learner({ vector: [3] }, { vector: initial.vector }, steep, oneThread)
    await learner.step({ input: inputs[0] as Float32Array }, specs, 0.01)
    const moved = [...(learner.parameters.vector as Float32Array)].map((value, place) => value - (initial.vector[place] as number))
    for (const change of moved) expect(change).toBeCloseTo(-0.01, 4)
  })

  test("leaves its initial parameters alone, and a parameter that the loss does not touch", async () => {
    const before = structuredClone(initial)
    const onlyVector: Objective = ({ matrix, vector }) => ({
      loss: tf.add(tf.sum(tf.square(vector as tf.Tensor)), tf.mul(tf.sum(matrix as tf.Tensor), 0)) as tf.Scalar,
    })
    const learner = new Learner(shapes, initial, onlyVector, oneThread)
    for (const input of inputs) await learner.step({ input }, specs, 0.1)
    expect(initial).toEqual(before)
    expect(learner.parameters.matrix).toEqual(initial.matrix)
    expect(learner.parameters.vector).not.toEqual(initial.vector)
  })

  test("reports the loss before it, and what else the objective names", async () => {
    const learner = new Learner(shapes, initial, quartic, oneThread)
    const report = await learner.step({ input: Float32Array.of(0, 0) }, specs, 0.1)
    expect(report.loss).toBeCloseTo((0 + 81 + 0.75 ** 4) / 4, 3)
    expect(report.largest).toBeCloseTo(3, 5)
    expect(Object.keys(report).sort()).toEqual(["gradient_norm", "largest", "loss"])
  })

  test("of the same learner twice gives the same bits, whatever the shapes of the batches in between", async () => {
    const once = async () => {
      const learner = new Learner(shapes, initial, quartic, oneThread)
      for (const input of inputs) await learner.step({ input }, specs, 0.1)
      return learner.parameters
    }
    expect(await once()).toEqual(await once())
  })
})

describe("a loss that is not a number ends the run", () => {
  const exploding: Objective = ({ vector }, { input }) => ({
    loss: tf.mul(tf.sum(tf.exp(vector as tf.Tensor)), tf.sum(input as tf.Tensor)) as tf.Scalar,
  })
  const start = () => new Learner({ vector: [3] }, { vector: initial.vector }, exploding, oneThread)

  test("and says at which step, and how large it was before", async () => {
    const learner = start()
    const { loss } = await learner.step({ input: Float32Array.of(1, 1) }, specs, 0.1)
    await expect(learner.step({ input: Float32Array.of(Number.POSITIVE_INFINITY, 1) }, specs, 0.1)).rejects.toMatchObject({
      name: "StageError",
      tag: "Diverged",
      message: expect.stringMatching(/Infinity at step 2.*learning rate/),
      details: { step: 2, lastFiniteLoss: loss },
    })
  })

  test("at the first step too", async () => {
    await expect(start().step({ input: Float32Array.of(Number.NaN, 1) }, specs, 0.1)).rejects.toMatchObject({
      tag: "Diverged",
      details: { step: 1 },
    })
  })

  test("even where only its gradient is none, before the parameters are spoilt", async () => {
    // √x has the value 0 and no slope at 0.
    const edge: Objective = ({ vector }) => ({ loss: tf.sum(tf.sqrt(tf.relu(vector as tf.Tensor))) as tf.Scalar })
    const learner = new Learner({ vector: [3] }, { vector: Float32Array.of(0, 1, 4) }, edge, oneThread)
    await expect(learner.step({ input: inputs[0] as Float32Array }, specs, 0.1)).rejects.toMatchObject({
      tag: "Diverged",
      details: { step: 1, lastFiniteLoss: 3 },
    })
    expect([...(learner.parameters.vector as Float32Array)]).toEqual([0, 1, 4])
  })
})
