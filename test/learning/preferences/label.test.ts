import { describe, expect, test } from "vitest"
import { responses as columns } from "../../../data/schema/index.ts"
import { score } from "../../../learning/judge/scorers/vader-score.ts"
import { label } from "../../../learning/preferences/label.stage.ts"
import { MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"
import { goldJudge, responseRow } from "../support/toy.ts"

const [good, better, bad, plain, other] = [" is good", " is wonderful", " is terrible", " is green", " is wooden"] as const

/** Samples of each prompt, in order. */
const responsesTo = (prompts: Readonly<Record<string, ReadonlyArray<string>>>) =>
  new MemoryTable(
    columns,
    Object.entries(prompts).flatMap(([prompt, responses], id) => responses.map((each, index) => responseRow(id, index, prompt, each))),
  )
const labelled = async (prompts: Readonly<Record<string, ReadonlyArray<string>>>, pairing: "untied" | "disjoint" | "all" = "untied") =>
  (await runStage(label, { responses: responsesTo(prompts), judge: goldJudge }, { pairing })).preferences.read()

const words = ({ chosen, rejected, tie }: { readonly chosen: string; readonly rejected: string; readonly tie: boolean }) =>
  [chosen, tie ? "=" : ">", rejected].join("").replaceAll(" is ", "")

describe("pairs", () => {
  test("untied: one a prompt, no tie where there is a choice", async () => {
    const rows = await labelled({ a: [plain, other, good, bad], b: [bad, good], c: [plain, other], d: [good] })
    expect(rows.map(({ prompt }) => prompt)).toEqual(["a", "b", "c"])
    expect(rows.map(({ tie }) => tie)).toEqual([false, false, true])
  })

  test("untied: any of the pairs that are no ties, and the same ones again", async () => {
    const prompts = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`prompt ${index}`, [plain, other, good, bad]]))
    const rows = (await labelled(prompts)).map(words)
    expect(new Set(rows)).toEqual(new Set(["good>green", "good>wooden", "good>terrible", "green>terrible", "wooden>terrible"]))
    expect((await labelled(prompts)).map(words)).toEqual(rows)
  })

  test("disjoint: each sample once, the odd one out of none", async () => {
    const rows = await labelled({ a: [plain, other, bad, good, better], b: [good], c: [good, better] }, "disjoint")
    expect(rows.map(words)).toEqual(["green=wooden", "good>terrible", "wonderful>good"])
  })

  test("all: every pair of a prompt, and none across prompts", async () => {
    const rows = await labelled({ a: [bad, plain, good], b: [good, better] }, "all")
    expect(rows.map(words)).toEqual(["green>terrible", "good>terrible", "good>green", "wonderful>good"])
  })

  test("come in the order of the prompts and are numbered along it, also where prompts are many", async () => {
    const prompts = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`prompt ${index}`, index % 3 === 0 ? [good] : [good, bad]]),
    )
    const rows = await labelled(prompts)
    expect(rows.map(({ prompt }) => prompt)).toEqual(Object.keys(prompts).filter((_, index) => index % 3 !== 0))
    expect(rows.map(({ pair_id }) => pair_id)).toEqual(rows.map((_, index) => index))
  })

  test("are refused where no prompt has two responses, and where there is no response", async () => {
    await expect(labelled({ a: [good], b: [bad] })).rejects.toMatchObject({ tag: "NoPairs", message: expect.stringContaining("two") })
    await expect(labelled({})).rejects.toMatchObject({ tag: "NoPairs" })
  })
})

describe("a label", () => {
  test("has the judge's scores, who judged, and the responses' tokens, each on its own side", async () => {
    const [first, second] = await labelled({ "The day": [bad, good], "The night": [better, plain] })
    expect(first).toMatchObject({
      chosen: good,
      rejected: bad,
      chosen_token_ids: Int32Array.of(0, 1),
      rejected_token_ids: Int32Array.of(0, 0),
      score_chosen: score("The day is good"),
      score_rejected: score("The day is terrible"),
      p_chosen: 1,
      tie: false,
      source: "gold",
      judge_key: goldJudge.digest,
      policy_key: "toy",
    })
    expect(second).toMatchObject({ chosen: better, score_chosen: score("The night is wonderful"), score_rejected: 0, p_chosen: 1 })
  })

  test("says that a tie is one", async () => {
    const [row] = await labelled({ "The day": [plain, other] })
    expect(row).toMatchObject({ tie: true, p_chosen: 0.5, score_chosen: 0, score_rejected: 0 })
  })

  test("does not depend on which of two responses came first, but for ties", async () => {
    const [rows, exchanged] = [
      await labelled({ a: [good, bad], b: [plain, better] }),
      await labelled({ a: [bad, good], b: [better, plain] }),
    ]
    expect(exchanged.map(words)).toEqual(rows.map(words))
    expect(exchanged.map(({ score_chosen }) => score_chosen)).toEqual(rows.map(({ score_chosen }) => score_chosen))
  })
})

test("a folder that is not a judge's is refused", async () => {
  for (const content of [
    '{ "scorer": "oracle" }',
    "{}",
    '{ "judge": "silver", "scorer": "vader", "parameters": {}, "inputs": [] }',
    "null",
    "{",
  ]) {
    const judge = goldJudge.with({ "judge.json": content })
    await expect(runStage(label, { responses: responsesTo({ a: [good, bad] }), judge }, {})).rejects.toMatchObject({ tag: "JudgeFiles" })
  }
})
