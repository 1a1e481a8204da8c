import { expect, test } from "vitest"
import { Opposition } from "../../../learning/evaluate/opposition.ts"
import { judgeBy } from "../../../learning/judge/judge-by.ts"

const prompts = [{ prompt: "the man" }, { prompt: "a child" }]
const answers = [
  ["a", "bb", "cc"],
  ["dddd", "e"],
].map((ofPrompt) => ofPrompt.map((text) => ({ text, tokens: text.length })))
const responses = [
  { promptIndex: 1, text: "two" },
  { promptIndex: 0, text: "bb" },
  { promptIndex: 0, text: "longer" },
]

/** The longer response is better; counts what it is asked. */
const lengthJudges = () => {
  const asked = { responses: 0, pairs: 0 }
  const scoring = judgeBy("length", {
    score: (all) => {
      asked.responses += all.length
      return all.map(({ response }) => response.length)
    },
  })
  const comparing = judgeBy("longer", {
    compare: (pairs) => {
      asked.pairs += pairs.length
      return pairs.map(({ first, second }) => 0.5 + Math.sign(first.length - second.length) / 2)
    },
    isSymmetric: true,
  })
  return { asked, scoring, comparing }
}

test("a response has one outcome for each answer to its own prompt, by judges that score and that compare alike", async () => {
  const { scoring, comparing } = lengthJudges()
  const outcomes = [
    [0, 1],
    [1, 0.5, 0.5],
    [1, 1, 1],
  ]
  const scored = await new Opposition({ name: "sft", judge: scoring, prompts, answers }).compare(responses)
  expect(scored).toEqual(outcomes.map((each, index) => ({ outcomes: each, score: responses[index]?.text.length })))
  const compared = await new Opposition({ name: "sft", judge: comparing, prompts, answers }).compare(responses)
  expect(compared).toEqual(outcomes.map((each) => ({ outcomes: each, score: null })))
})

test("a judge that scores is asked for each answer once, for all checkpoints; one that compares, for each pair", async () => {
  const { asked, scoring, comparing } = lengthJudges()
  const opposition = new Opposition({ name: "sft", judge: scoring, prompts, answers })
  await opposition.compare(responses)
  expect(asked.responses).toBe(5 + 3 - 1) // "bb" is an answer too.
  await opposition.compare([{ promptIndex: 0, text: "new" }])
  expect(asked.responses).toBe(5 + 3 - 1 + 1)
  await new Opposition({ name: "sft", judge: comparing, prompts, answers }).compare(responses)
  expect(asked.pairs).toBe(2 + 3 + 3)
})
