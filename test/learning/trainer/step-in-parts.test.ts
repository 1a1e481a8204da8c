import * as tf from "@tensorflow/tfjs"
import { expect, test } from "vitest"
import { adamState, decayOf, vectorsOf } from "../../../learning/trainer/adam.ts"
import type { Objective, Training } from "../../../learning/trainer/objective.ts"
import { StepAtOnce } from "../../../learning/trainer/step-at-once.ts"
import { chunkSize, StepInParts } from "../../../learning/trainer/step-in-parts.ts"
import { oneThread } from "../support/stage.ts"

// More than one chunk, with the border in the middle of the matrix; a vector that no loss touches.
const shapes = { matrix: [2, chunkSize / 2 + 1000], bias: [7], idle: [3] }
const size = 2 * (chunkSize / 2 + 1000) + 10

const objective: Objective = ({ matrix, bias }, { input }) => ({
  loss: tf.add(tf.sum(tf.square(tf.sub(matrix as tf.Tensor, input as tf.Tensor))), tf.sum(tf.square(bias as tf.Tensor))) as tf.Scalar,
})

test("a step in chunks is the step at once, and leaves what no loss touches", async () => {
  const training: Training = { shapes, frozen: { shapes: {}, values: {} }, objective, decay: decayOf(shapes, 0.1), engine: oneThread }
  const start = () => {
    const state = adamState(shapes)
    for (let index = 0; index < size; index++) state.parameters.values[index] = Math.sin(index)
    return state
  }
  const batch = { values: { input: Float32Array.of(0.5) }, specs: { input: { shape: [], dtype: "float32" } } } as const
  const [whole, chunks] = [new StepAtOnce(training), new StepInParts(training)]
  let [state, next] = [start(), adamState(shapes)]
  const inChunks = start()
  for (let step = 1; step <= 3; step++) {
    const report = await whole.step(batch, { state, next, learningRate: 0.01, step })
    ;[state, next] = [next, state]
    const found = await chunks.differentiate(inChunks, [{ ...batch, share: 1 }])
    expect((found.gradient_norm as number) / (report.gradient_norm as number)).toBeCloseTo(1, 5)
    await chunks.update(inChunks, found.gradient_norm as number, 0.01, step)
  }
  for (const [name, values] of Object.entries(vectorsOf(inChunks))) {
    const expected = vectorsOf(state)[name as "first"]
    let most = 0
    for (const [index, value] of values.entries()) most = Math.max(most, Math.abs(value - (expected[index] as number)))
    expect(most, name).toBeLessThan(1e-6)
  }
  expect([...(inChunks.parameters.parts.idle as Float32Array)]).toEqual([...(start().parameters.parts.idle as Float32Array)])
}, 30_000)
