/** What a proxy says of the comparisons that gold decides. */

import { describe, expect, test } from "vitest"
import { Opposition } from "../../../learning/evaluate/opposition.ts"
import { judgeBy } from "../../../learning/judge/judge-by.ts"
import { readJudge } from "../../../learning/judge/read.ts"
import { sample } from "../../../learning/preferences/sample.stage.ts"
import { called, evaluated, prompts, reference, run } from "../support/evaluated.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { goldJudge, prompts36, tinyProxyFiles } from "../support/toy.ts"

const proxy = await tinyProxyFiles(5)
const judge = await readJudge(proxy, oneThread)
const gold = await readJudge(goldJudge, oneThread)
const few = { count: 20 }
const result = await evaluated(run, { ...few, inputs: { proxy } })

const meanOf = (values: ReadonlyArray<number>) => values.reduce((sum, value) => sum + value, 0) / values.length

describe("the outcome by a proxy", () => {
  test("is its probability that the response beats the opponent's answer", async () => {
    const verdicts = await judge.compare(
      result.evaluation.map(({ prompt, response, opponent }) => ({ prompt, first: response, second: opponent as string })),
    )
    for (const [index, { proxy_outcome }] of result.evaluation.entries())
      expect(proxy_outcome).toBeCloseTo(verdicts[index]?.probability as number, 5)
    // Probabilities, and not wins and losses alone.
    expect(new Set(result.evaluation.map(({ proxy_outcome }) => proxy_outcome)).size).toBeGreaterThan(10)
  })

  test("is the mean of its probabilities against several answers", async () => {
    const { responses } = await runStage(
      sample,
      { policy: reference, prompts },
      { perPrompt: 3, split: "test", seed: 9, maxNewTokens: 12, limit: 36 },
    )
    const { evaluation } = await evaluated(run, { ...few, inputs: { proxy, opponent: [], answers: [called("sft", responses)] } })
    const rows = await responses.read()
    for (const { prompt, response, proxy_outcome } of evaluation.slice(0, 12)) {
      const answers = rows.filter((row) => row.prompt === prompt).map((row) => ({ prompt, first: response, second: row.response }))
      const verdicts = await judge.compare(answers)
      expect(verdicts.length).toBeGreaterThanOrEqual(3)
      expect(proxy_outcome).toBeCloseTo(meanOf(verdicts.map(({ probability }) => probability as number)), 5)
    }
  })

  test("is gold's own where the proxy is gold and has no probabilities, ties as one half, and so is the win rate", async () => {
    const { evaluation, summary } = await evaluated(run, { ...few, inputs: { proxy: goldJudge } })
    expect(new Set(evaluation.map(({ outcome }) => outcome))).toEqual(new Set([0, 0.5, 1]))
    for (const { outcome, proxy_outcome } of evaluation) expect(proxy_outcome).toBe(outcome)
    for (const { win_rate, proxy_win_rate } of summary) expect(proxy_win_rate).toBe(win_rate)
  })

  test("has its mean in the summary, and is absent from both where no proxy is wired, with all else the same", async () => {
    for (const { step, proxy_win_rate } of result.summary) {
      const ofStep = result.evaluation.filter((row) => row.step === step)
      expect(proxy_win_rate).toBeCloseTo(meanOf(ofStep.map(({ proxy_outcome }) => proxy_outcome as number)), 12)
    }
    const without = await evaluated(run, few)
    expect(without.evaluation).toEqual(result.evaluation.map((row) => ({ ...row, proxy_outcome: null })))
    expect(without.summary).toEqual(result.summary.map((row) => ({ ...row, proxy_win_rate: null })))
  })
})

describe("an estimated outcome", () => {
  const texts = [" a happy table", " a terrible table", " a song", " had a wonderful day"]
  /** Each prompt has one answer, and one response. */
  const asked = prompts36.slice(0, 8).map((prompt, promptIndex) => ({
    prompt,
    promptIndex,
    one: texts[promptIndex % 4] as string,
    other: texts[(promptIndex + 1) % 4] as string,
  }))
  const outcomes = (of: typeof judge, side: "one" | "other", against: "one" | "other") =>
    new Opposition({
      name: "sft",
      judge: of,
      prompts: asked,
      answers: asked.map((each) => [{ text: each[against], tokens: 1 }]),
    }).estimateOutcomes(
      of,
      asked.map((each) => ({ promptIndex: each.promptIndex, text: each[side] })),
    )
  /** It likes the second response whatever it is, unless the first is much longer. */
  const biased = {
    ...judge,
    ...judgeBy("biased", { compare: (pairs) => pairs.map(({ first, second }) => 1 / (1 + Math.exp(second.length - first.length + 3))) }),
  }

  test.each([
    ["a preference model", judge],
    ["gold", gold],
    ["a judge that is biased by position", biased],
  ])("by %s is complemented where the two sides change places, and one half of a response against itself", async (_, of) => {
    const [given, exchanged, same] = [
      await outcomes(of, "one", "other"),
      await outcomes(of, "other", "one"),
      await outcomes(of, "one", "one"),
    ]
    for (const [index, outcome] of given.entries()) expect(outcome).toBeCloseTo(1 - (exchanged[index] as number), 6)
    expect(given.some((outcome) => outcome !== 0.5)).toBe(true)
    for (const outcome of same) expect(outcome).toBeCloseTo(0.5, 12)
  })
})
