import type * as tf from "@tensorflow/tfjs"
import { expect, test } from "vitest"
import { compile } from "../../../engine/index.ts"
import { normals, uniforms } from "../../../engine/random/philox.ts"
import { draw, logProbability } from "../../../learning/decode/draw.ts"
import { oneThread } from "../support/stage.ts"

const rows = 200

/** Cumulative probabilities in double precision. */
const cumulative = (scores: Float32Array, temperature: number): ReadonlyArray<number> => {
  const highest = Math.max(...scores)
  const weights = Array.from(scores, (score) => Math.exp((score - highest) / temperature))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  return weights.map((weight) => (sum += weight / total))
}

// Less than a group, whole groups, and a part of one at the end.
test.each([
  [7, 1],
  [64, 1],
  [64, 0.5],
  [200, 1.5],
  [1024, 1],
])(
  "of %i tokens at temperature %f, the drawn one is the first whose cumulative probability exceeds the random number",
  async (vocabulary, temperature) => {
    const program = await compile(
      ({ scores, random }) => {
        const { tokens: token } = draw(scores as tf.Tensor2D, random as tf.Tensor1D, { temperature })
        return { token, logp: logProbability(scores as tf.Tensor2D, token) }
      },
      { scores: { shape: [rows, vocabulary], dtype: "float32" }, random: { shape: [rows], dtype: "float32" } },
      oneThread,
    )
    const scores = normals(1, "scores", vocabulary, new Float32Array(rows * vocabulary)).map((score) => 3 * score)
    const random = uniforms(2, "draws", vocabulary, new Float32Array(rows))
    random.set([0, 1 - 2 ** -24])
    const { token, logp } = await program.run({ scores, random })
    for (let row = 0; row < rows; row++) {
      const own = scores.subarray(row * vocabulary, (row + 1) * vocabulary)
      const sums = cumulative(own, temperature)
      const drawn = token?.[row] as number
      // Sums in single precision may say otherwise where the number is within rounding of a
      // boundary.
      expect(sums[drawn] as number, `row ${row}`).toBeGreaterThan((random[row] as number) - 1e-6)
      expect(sums[drawn - 1] ?? 0, `row ${row}`).toBeLessThanOrEqual((random[row] as number) + 1e-6)
      const [at1, before1] = [cumulative(own, 1)[drawn] as number, cumulative(own, 1)[drawn - 1] ?? 0]
      expect(Math.exp(logp?.[row] as number)).toBeCloseTo(at1 - before1, 5)
    }
  },
)

// As `transformers` filters them: by temperature, then the k likeliest, then the likeliest of
// these.
test.each([
  { vocabulary: 7, temperature: 1, topK: 3 },
  { vocabulary: 64, temperature: 0.7, topK: 1 },
  { vocabulary: 64, temperature: 1, topP: 0.6 },
  { vocabulary: 200, temperature: 1.5, topK: 20, topP: 0.8 },
  { vocabulary: 200, temperature: 1, topK: 500 },
  { vocabulary: 200, temperature: 1, topP: 1e-9 },
])("of the likeliest tokens, one is drawn in proportion to its probability among them: %j", async ({ vocabulary, ...drawing }) => {
  const { temperature, topK = vocabulary, topP = 1 } = drawing as { temperature: number; topK?: number; topP?: number }
  const program = await compile(
    ({ scores, random }) => ({ token: draw(scores as tf.Tensor2D, random as tf.Tensor1D, drawing).tokens }),
    { scores: { shape: [rows, vocabulary], dtype: "float32" }, random: { shape: [rows], dtype: "float32" } },
    oneThread,
  )
  const scores = normals(1, "scores", vocabulary, new Float32Array(rows * vocabulary)).map((score) => 3 * score)
  const random = uniforms(2, "draws", vocabulary, new Float32Array(rows))
  random.set([0, 1 - 2 ** -24])
  const { token } = await program.run({ scores, random })
  for (let row = 0; row < rows; row++) {
    const own = scores.subarray(row * vocabulary, (row + 1) * vocabulary)
    const ranked = Array.from(own.keys()).sort((a, b) => (own[b] as number) - (own[a] as number))
    const most = ranked.slice(0, topK)
    const among = cumulative(
      Float32Array.from(most, (each) => own[each] as number),
      temperature,
    )
    const kept = new Set(most.filter((_, rank) => rank === 0 || (among[rank - 1] as number) < topP))
    const only = own.map((score, each) => (kept.has(each) ? score : Number.NEGATIVE_INFINITY))
    const sums = cumulative(only, temperature)
    const drawn = token?.[row] as number
    expect([...kept], `row ${row}`).toContain(drawn)
    expect(sums[drawn] as number, `row ${row}`).toBeGreaterThan((random[row] as number) - 1e-6)
    expect(sums[drawn - 1] ?? 0, `row ${row}`).toBeLessThanOrEqual((random[row] as number) + 1e-6)
  }
})
