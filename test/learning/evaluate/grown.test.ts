/** Evaluation on prompts of which some were answered before. */

import type { Answers } from "assay"
import { afterEach, describe, expect, test, vi } from "vitest"
import { prompts as promptColumns } from "../../../data/schema/index.ts"
import { Decoder } from "../../../learning/decode/decoder.ts"
import { evaluate } from "../../../learning/evaluate/evaluate.stage.ts"
import { inputs, runOf, shifted } from "../support/evaluated.ts"
import { MemoryTable } from "../support/memory.ts"
import { computeAll, keepAnswers, nothingSaved, oneThread, runStage } from "../support/stage.ts"
import { promptRows, prompts36 } from "../support/toy.ts"

/** A chunk of a player: what it draws together, and keeps. */
const chunk = 256
/** Draws of a run with two checkpoints: two of each, and one of the opponent. */
const draws = 5

const promptsOf = (count: number) =>
  new MemoryTable(
    promptColumns,
    promptRows(
      Array.from({ length: count }, (_, index) => prompts36[index % 36] as string),
      "test",
    ),
  )

type Options = Omit<Parameters<typeof evaluate>[0], keyof typeof inputs>

const evaluated = async (answers: Answers, prompts: number, options: Options = {}, run = inputs.run) => {
  const given = { count: 10_000, maxNewTokens: 6, ...options }
  const decode = vi.spyOn(Decoder.prototype, "decode")
  const tables = await runStage(
    evaluate,
    { ...inputs, run, prompts: promptsOf(prompts) },
    given,
    oneThread,
    () => {},
    nothingSaved,
    answers,
  )
  const decoded = decode.mock.calls.map(([, requests]) => requests.length)
  decode.mockRestore()
  const rows = await Promise.all([tables.evaluation.read(), tables.classification.read(), tables.summary.read()])
  return { decoded, rows }
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe("where prompts are added to the table", () => {
  test("all policies answer the last chunk again and no other, and the result is that from scratch", async () => {
    const answers = keepAnswers()
    const first = await evaluated(answers, chunk + 20)
    expect(first.decoded).toEqual(Array.from({ length: draws }, () => [chunk, 20]).flat())
    const grown = await evaluated(answers, chunk + 30)
    expect(grown.decoded).toEqual(Array(draws).fill(30))
    const scratch = await evaluated(computeAll, chunk + 30)
    expect(scratch.decoded).toHaveLength(2 * draws)
    expect(grown.rows).toEqual(scratch.rows)
  })

  test("no chunk is answered again but the last, however many responses there are to each prompt", async () => {
    const answers = keepAnswers()
    const options = { perPrompt: 3, pairs: 8 }
    await evaluated(answers, 90, options)
    const grown = await evaluated(answers, 100, options)
    // 300 responses of two checkpoints, 100 of the opponent, 8 of each checkpoint for pairs.
    expect(grown.decoded).toEqual([100, 44, 8, 44, 8])
    expect(grown.rows).toEqual((await evaluated(computeAll, 100, options)).rows)
  })
})

test("where more prompts of a table are evaluated, those that were before are not answered again", async () => {
  const answers = keepAnswers()
  const options = { checkpoints: { bracketing: [1], pilot: 16 }, pairs: 16 }
  await evaluated(answers, 400, { ...options, count: chunk + 10 })
  const more = await evaluated(answers, 400, { ...options, count: chunk + 40 })
  // Of the opponent and of the one checkpoint that was chosen; pilots and pairs are the same.
  expect(more.decoded).toEqual([40, 40])
  expect(more.rows).toEqual((await evaluated(computeAll, 400, { ...options, count: chunk + 40 })).rows)
})

test("what a policy answers as an opponent is drawn once for all runs", async () => {
  const answers = keepAnswers()
  expect((await evaluated(answers, 40)).decoded).toHaveLength(draws)
  const other = await evaluated(answers, 40, {}, await runOf({ 7: shifted(0.01), 9: shifted(0.03) }))
  expect(other.decoded).toHaveLength(draws - 1)
})
