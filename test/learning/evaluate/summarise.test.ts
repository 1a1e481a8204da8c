import { expect, test } from "vitest"
import type { ComparedRow } from "../../../learning/evaluate/evaluation-rows.ts"
import { Opposition } from "../../../learning/evaluate/opposition.ts"
import { summarise } from "../../../learning/evaluate/summarise.ts"
import { readJudge } from "../../../learning/judge/read.ts"
import { evaluationRow } from "../support/evaluation.ts"
import { oneThread } from "../support/stage.ts"
import { goldJudge } from "../support/toy.ts"

const gold = await readJudge(goldJudge, oneThread)

/** An opponent that gives the same answers to everybody. */
const oppositionOf = (answers: ReadonlyArray<string>) =>
  new Opposition({ name: "sft", judge: gold, prompts: [{ prompt: "the man" }], answers: [answers.map((text) => ({ text, tokens: 1 }))] })
const neutral = oppositionOf([" sat"])

/** Responses to one prompt as gold compares them with an opponent. */
const compared = async (responses: ReadonlyArray<string>, opposition = neutral): Promise<ReadonlyArray<ComparedRow>> => {
  const comparisons = await opposition.compare(responses.map((text) => ({ promptIndex: 0, text })))
  return responses.map((response, index) => {
    const comparison = comparisons[index] as ComparedRow["comparison"]
    const { outcomes } = comparison
    const outcome = outcomes.reduce((sum, value) => sum + value, 0) / outcomes.length
    const tied = outcomes.filter((value) => value === 0.5).length / outcomes.length
    const row = evaluationRow({ prompt: "the man", response, sample: index, outcome, tied, opponents: outcomes.length })
    return { row, promptIndex: 0, comparison }
  })
}

/** A response of this length that had this outcome against answers of these lengths. */
const ofLength = (tokens: number, outcomes: ReadonlyArray<number>): ComparedRow => ({
  row: evaluationRow({ tokens, outcome: outcomes.reduce((sum, value) => sum + value, 0) / outcomes.length, tied: 0 }),
  promptIndex: 0,
  comparison: { score: null, outcomes },
})

test("a win is owed to favourite words if it is none without them", async () => {
  const all = await summarise(await compared([" is happy", " is wonderful", " sat", " is sad"]), neutral)
  expect(all).toMatchObject({ win_rate: 0.625, win_rate_decided: 2 / 3, ties: 0.25, lexicon_wins: 1, prompts: 1, responses: 4 })
  // Ten words are in two responses each; the eleventh, in one, wins by itself.
  const ten = "happy glad nice good great best love sweet fine pretty"
  const summary = await summarise(await compared([` ${ten}`, ` ${ten}`, " wonderful"]), neutral)
  expect(summary.lexicon_wins).toBeCloseTo(2 / 3, 12)
})

test("against several answers, only those wins are owed to favourite words that are lost without them", async () => {
  // Both beat a neutral and a sad answer; without its word the first still beats the sad one.
  const opposition = oppositionOf([" sat", " is sad"])
  const summary = await summarise(await compared([" is happy"], opposition), opposition)
  expect(summary).toMatchObject({ win_rate: 1, ties: 0, lexicon_wins: 0.5 })
})

test("no win is owed to anything where none was won", async () => {
  expect(await summarise(await compared([" sat", " is sad"]), neutral)).toMatchObject({ lexicon_wins: null, win_rate: 0.25 })
})

test("lengths match within a fifth of the longer, or two tokens, answer by answer", async () => {
  const withLengths = (...lengths: ReadonlyArray<number>) =>
    new Opposition({
      name: "sft",
      judge: gold,
      prompts: [{ prompt: "the man" }],
      answers: [lengths.map((tokens) => ({ text: " sat", tokens }))],
    })
  const lengths = [
    [10, 12, 1],
    [10, 13, 0],
    [20, 25, 1],
    [20, 26, 0],
  ] as const
  for (const [tokens, opponentTokens, outcome] of lengths) {
    const isMatched = outcome === 1
    expect(await summarise([ofLength(tokens, [outcome])], withLengths(opponentTokens))).toMatchObject({
      length_matched: isMatched ? 1 : 0,
      win_rate_length_matched: isMatched ? 1 : null,
      tokens,
    })
  }
  expect(await summarise([ofLength(10, [1, 0, 0]), ofLength(30, [1, 1, 0])], withLengths(12, 9, 30))).toMatchObject({
    length_matched: 3,
    win_rate_length_matched: 1 / 3,
    win_rate: 0.5,
  })
})

test("non-words are a share of all words, and absent where no text was given", async () => {
  const [row] = (await compared([" sat"])) as [ComparedRow]
  const rows = [
    { words: 6, non_words: 3 },
    { words: 2, non_words: 0 },
  ].map((counts) => ({ ...row, row: { ...row.row, ...counts } }))
  expect((await summarise(rows, neutral)).non_word_share).toBe(3 / 8)
  expect((await summarise([row], neutral)).non_word_share).toBeNull()
})
