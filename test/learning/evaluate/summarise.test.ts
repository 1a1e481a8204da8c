import { expect, test } from "vitest"
import { summarise } from "../../../learning/evaluate/summarise.ts"
import { readJudge } from "../../../learning/judge/read.ts"
import { evaluationRow } from "../support/evaluation.ts"
import { oneThread } from "../support/stage.ts"
import { goldJudge } from "../support/toy.ts"

const gold = await readJudge(goldJudge, oneThread)
const prompts = ["the man", "the man", "the man", "the man"]
/** Responses with their outcomes by gold against a neutral opponent. */
const rowsOf = (responses: ReadonlyArray<string>, rest: Parameters<typeof evaluationRow>[0] = {}) =>
  Promise.all(
    responses.map(async (response) => {
      const [verdict] = await gold.compare([{ prompt: "the man", first: response, second: " sat" }])
      return evaluationRow({ response, opponent: " sat", outcome: verdict?.outcome as number, ...rest })
    }),
  )

test("a win is owed to favourite words if it is none without them", async () => {
  const all = await summarise(await rowsOf([" is happy", " is wonderful", " sat", " is sad"]), prompts, gold)
  expect(all).toMatchObject({ win_rate: 0.625, win_rate_decided: 2 / 3, ties: 0.25, lexicon_wins: 1, prompts: 4 })
  // Ten words are in two responses each; the eleventh, in one, wins by itself.
  const ten = "happy glad nice good great best love sweet fine pretty"
  const [one, two, three] = await rowsOf([` ${ten}`, ` ${ten}`, " wonderful"])
  const summary = await summarise([one, two, three] as Array<ReturnType<typeof evaluationRow>>, prompts, gold)
  expect(summary.lexicon_wins).toBeCloseTo(2 / 3, 12)
})

test("no win is owed to anything where none was won", async () => {
  expect(await summarise(await rowsOf([" sat", " is sad"]), prompts, gold)).toMatchObject({ lexicon_wins: null, win_rate: 0.25 })
})

test("lengths match within a fifth of the longer, or two tokens", async () => {
  const lengths = [
    [10, 12, 1],
    [10, 13, 0],
    [20, 25, 1],
    [20, 26, 0],
  ] as const
  const rows = lengths.map(([tokens, opponent_tokens, outcome]) => evaluationRow({ tokens, opponent_tokens, outcome }))
  expect(await summarise(rows, prompts, gold)).toMatchObject({ length_matched: 2, win_rate_length_matched: 1, win_rate: 0.5, tokens: 15 })
})

test("non-words are a share of all words, and absent where no text was given", async () => {
  const rows = [evaluationRow({ words: 6, non_words: 3 }), evaluationRow({ words: 2, non_words: 0 })]
  expect((await summarise(rows, prompts, gold)).non_word_share).toBe(3 / 8)
  expect((await summarise([evaluationRow({ words: 6 })], prompts, gold)).non_word_share).toBeNull()
})
