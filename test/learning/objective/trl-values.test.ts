import type * as tf from "@tensorflow/tfjs"
import { expect, test } from "vitest"
import { compile } from "../../../engine/index.ts"
import type { Loss } from "../../../learning/objective/loss.ts"
import { dpo, ipoAveraged, slic } from "../../../learning/objective/losses.ts"
import { type PairedResponses, preferenceObjective } from "../../../learning/objective/preference-objective.ts"
import { load } from "../support/loss.ts"
import { oneThread } from "../support/stage.ts"

/**
 * Sixteen pairs that a policy of the quickstart drew, chosen ones first, under that policy after
 * 300 steps and under its reference, and what `DPOTrainer.compute_loss` of TRL 1.16.0 (transformers
 * 5.24.0, torch 2.15.0, float32, β = 0.1, one batch) gave for them, from the exported folders and
 * `assay export pairs --format trl`. The log-probabilities are those of the tokens that TRL made.
 */
const pairs = {
  logp: [
    -40.25216, -40.25216, -40.25216, -74.77159, -161.44969, -47.43521, -72.75403, -29.34697, -29.34697, -72.75403, -72.75403, -32.53975,
    -179.7458, -179.7458, -32.53975, -179.7458, -97.22514, -49.32446, -55.98233, -47.70614, -47.70614, -52.90983, -29.34697, -55.5154,
    -32.28519, -55.5154, -32.28519, -37.31051, -37.31051, -32.53975, -36.1845, -36.1845,
  ],
  reference: [
    -41.26286, -41.26286, -41.26286, -75.07607, -164.10101, -46.21463, -74.76096, -29.59229, -29.59229, -74.76096, -74.76096, -31.92273,
    -174.45381, -174.45381, -31.92273, -174.45381, -91.01084, -44.26643, -50.51961, -48.77197, -48.77197, -53.42327, -29.59229, -53.09972,
    -30.3066, -53.09972, -30.3066, -35.07511, -35.07511, -31.92273, -32.0985, -32.0985,
  ],
  tokens: [8, 8, 8, 16, 31, 9, 14, 5, 5, 14, 14, 8, 34, 34, 8, 34, 19, 12, 12, 9, 9, 10, 5, 10, 8, 10, 8, 9, 9, 8, 7, 7],
  weight: new Array(16).fill(1),
}
const losses = { ipo: 22.715625762939453, sigmoid: 0.6173257827758789, hinge: 0.8121140599250793 }

const ours = async (loss: Loss): Promise<number> => {
  const pairLoss = await load(loss)
  const program = await compile(
    (inputs) => ({ loss: preferenceObjective(pairLoss, inputs as unknown as PairedResponses).loss as tf.Tensor }),
    Object.fromEntries(Object.entries(pairs).map(([name, values]) => [name, { shape: [values.length], dtype: "float32" }])),
    oneThread,
  )
  const values = Object.fromEntries(Object.entries(pairs).map(([name, values]) => [name, Float32Array.from(values)]))
  return (await program.run(values)).loss?.[0] as number
}

test.each([
  ["ipoAveraged", "ipo", ipoAveraged({ beta: 0.1 })],
  ["dpo", "sigmoid", dpo({ beta: 0.1 })],
  ["slic", "hinge", slic({ beta: 0.1 })],
] as const)('%s has the value that TRL gives loss_type="%s"', async (_, type, loss) => {
  expect((await ours(loss)) / losses[type]).toBeCloseTo(1, 5)
})
