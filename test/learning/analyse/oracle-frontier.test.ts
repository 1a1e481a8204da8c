import { expect, test } from "vitest"
import { responses as responseColumns } from "../../../data/schema/index.ts"
import { uniforms } from "../../../engine/random/philox.ts"
import { findOracle, rankScores } from "../../../learning/analyse/oracle.ts"
import { oracleFrontier } from "../../../learning/analyse/oracle-frontier.stage.ts"
import { vader } from "../../../learning/judge/scorers/sentiment.stage.ts"
import { score } from "../../../learning/judge/scorers/vader-score.ts"
import { MemoryFiles, MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"
import { goldJudge, responseRow } from "../support/toy.ts"

const words = ["good", "great", "sad", "happy", "wooden", "green", "terrible", "nice", "awful", "best"]

/** Responses of two words to each of three prompts, of which many tie. */
const drawn = (samples: number) =>
  new MemoryTable(
    responseColumns,
    [0, 1, 2].flatMap((prompt_id) =>
      Array.from({ length: samples }, (_, index) => {
        const [one = 0, other = 0] = uniforms(prompt_id, "words", index, new Float32Array(2))
        const word = (uniform: number) => words[Math.floor(uniform * words.length)]
        return responseRow(prompt_id, index, `prompt ${prompt_id}`, ` ${word(one)} ${word(other ** (1 + prompt_id))}`)
      }),
    ),
  )

const responses = drawn(256)
const oracleOf = async (kl: ReadonlyArray<number>, table = responses, judge = goldJudge) =>
  (await runStage(oracleFrontier, { responses: table, judge }, { kl })).oracle.read()

test("has for each KL the highest mean win rate that samples tilted with one β have, with its interval", async () => {
  const rows = await oracleOf([2, 0.5])
  expect(rows.map(({ kl }) => kl)).toEqual([0.5, 2])
  const all = await responses.read()
  const ranks = [0, 1, 2].map((prompt) =>
    rankScores(all.filter(({ prompt_id }) => prompt_id === prompt).map(({ prompt, response }) => score(`${prompt}${response}`))),
  )
  for (const { kl, win_rate, win_low, win_high, beta, ...rest } of rows) {
    const best = findOracle(ranks, kl)
    expect([win_rate, beta]).toEqual([best?.win, best?.beta])
    expect(win_low).toBeLessThan(win_rate)
    expect(win_high).toBeGreaterThan(win_rate)
    expect(rest).toMatchObject({ arm: "oracle", against: "sft", prompts: 3, samples: 256 })
    expect(Math.abs(rest.bias as number)).toBeLessThan(0.02)
  }
})

test("leaves out KLs that the samples do not reach, and those that ties put out of reach", async () => {
  const rows = await oracleOf([1, 3.5, 3.6])
  expect(rows.every(({ kl }) => kl <= Math.log(256) - 2)).toBe(true)
  const tied = new MemoryTable(
    responseColumns,
    [" good", " bad", " bad", " good"].flatMap((response, part) =>
      Array.from({ length: 64 }, (_, index) => responseRow(0, 64 * part + index, "a", response)),
    ),
  )
  // Half of all responses are best: no KL above log 2 makes anything better.
  expect((await oracleOf([0.5, 0.8], tied)).map(({ kl }) => kl)).toEqual([0.5])
})

test("is refused where there are too few samples for any KL of the grid", async () => {
  await expect(oracleOf([1], drawn(12))).rejects.toMatchObject({ tag: "TooLittleData", message: expect.stringContaining("12 samples") })
})

test("is the same by a judge that only compares", async () => {
  // The same scores, of which the judge tells only which is higher.
  const comparing = new MemoryFiles(
    { "judge.json": JSON.stringify({ judge: "gold", scorer: "compares", parameters: {}, inputs: [] }) },
    {
      "": {
        ...vader.declaration.plugins.judge?.plugin,
        run: async () => ({
          run: () => ({
            isSymmetric: true,
            compare: (pairs: ReadonlyArray<Readonly<Record<"prompt" | "first" | "second", string>>>) =>
              pairs.map(({ prompt, first, second }) => 0.5 + Math.sign(score(`${prompt}${first}`) - score(`${prompt}${second}`)) / 2),
          }),
        }),
      } as NonNullable<NonNullable<typeof vader.declaration.plugins.judge>["plugin"]>,
    },
  )
  const few = drawn(48)
  const [scored, compared] = [await oracleOf([0.5, 1], few), await oracleOf([0.5, 1], few, comparing)]
  expect(compared).toHaveLength(2)
  for (const [index, { win_rate, beta, bias }] of scored.entries()) {
    expect(compared[index]?.win_rate).toBeCloseTo(win_rate, 9)
    expect(compared[index]?.beta).toBeCloseTo(beta, 9)
    expect(compared[index]?.bias).toBeCloseTo(bias as number, 9)
  }
})
