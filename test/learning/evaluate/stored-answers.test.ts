/** Evaluation against several stored answers to each prompt, and of several responses to each. */

import { describe, expect, test } from "vitest"
import { prompts as promptColumns, type ResponseRow, responses as responseColumns } from "../../../data/schema/index.ts"
import { score } from "../../../learning/judge/scorers/vader-score.ts"
import { sample } from "../../../learning/preferences/sample.stage.ts"
import { called, evaluated, reference, run } from "../support/evaluated.ts"
import { MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"
import { promptRows, prompts36 } from "../support/toy.ts"

/** 12 prompts to train on and 24 that are held out, no two alike. */
const prompts = new MemoryTable(promptColumns, [
  ...promptRows(prompts36.slice(0, 12), "train"),
  ...promptRows(prompts36.slice(12), "test").map((row) => ({ ...row, prompt_id: row.prompt_id + 12 })),
])

const draw = async (options: Partial<Parameters<typeof sample>[0]> = {}) => {
  const drawn = await runStage(
    sample,
    { policy: reference, prompts },
    { perPrompt: 5, split: "test", seed: 9, maxNewTokens: 12, ...options },
  )
  return drawn.responses
}
const stored = await draw()
const rows = await stored.read()
const tableOf = (rows: ReadonlyArray<ResponseRow>) => new MemoryTable(responseColumns, rows)

const against = (
  answers: ReadonlyArray<{ readonly path: ReadonlyArray<string>; readonly at: object; readonly input: typeof stored }>,
  { inputs = {}, ...rest }: NonNullable<Parameters<typeof evaluated>[1]> = {},
) =>
  evaluated(run, {
    count: 24,
    ...rest,
    inputs: { prompts, opponent: [], answers: answers as NonNullable<typeof inputs.answers>, preferences: [], ...inputs },
  })
const result = await against([called("sft", stored)])

describe("against several stored answers", () => {
  test("an outcome is the probability of beating a random one of them, ties counted as one half", () => {
    expect(result.evaluation).toHaveLength(2 * 24)
    for (const row of result.evaluation) {
      const mine = score(`${row.prompt}${row.response}`)
      const theirs = rows
        .filter(({ prompt_id }) => prompt_id === row.prompt_id)
        .map(({ prompt, response }) => score(`${prompt}${response}`))
      const [below, equal] = [theirs.filter((other) => other < mine).length, theirs.filter((other) => other === mine).length]
      expect(row.outcome).toBeCloseTo((below + equal / 2) / 5, 12)
      expect(row.tied).toBeCloseTo(equal / 5, 12)
      expect(row).toMatchObject({ score: mine, against: "sft", opponents: 5, opponent: null, opponent_tokens: null })
    }
    // Probabilities, and not wins and losses alone.
    expect(new Set(result.evaluation.map(({ outcome }) => outcome)).size).toBeGreaterThan(3)
  })

  test("responses are the same as against a policy, and so is all that is measured of them", async () => {
    const own = ({ prompt_id, response, kl, k1, score }: (typeof result.evaluation)[number]) => [prompt_id, response, kl, k1, score]
    const played = await against([], { inputs: { opponent: [called("sft", reference)] } })
    expect(result.evaluation.map(own)).toEqual(played.evaluation.map(own))
    for (const { opponents, opponent, opponent_tokens } of played.evaluation) {
      expect([opponents, typeof opponent, typeof opponent_tokens]).toEqual([1, "string", "number"])
    }
  })

  test("a single stored answer is an opponent's as it was said", async () => {
    const single = rows.filter(({ sample_index }) => sample_index === 0)
    const { evaluation } = await against([called("sft", tableOf(single))])
    for (const { prompt_id, opponent, opponent_tokens, outcome, tied } of evaluation) {
      const row = single.find((each) => each.prompt_id === prompt_id)
      expect([opponent, opponent_tokens]).toEqual([row?.response, row?.tokens])
      expect([0, 0.5, 1]).toContain(outcome)
      expect(tied).toBe(outcome === 0.5 ? 1 : 0)
    }
  })

  test("the summary has the win rate of all comparisons, and wins among the decided", () => {
    for (const { step, win_rate, win_rate_decided, ties, prompts, responses } of result.summary) {
      const comparisons = result.evaluation
        .filter((row) => row.step === step)
        .flatMap((row) => {
          const mine = score(`${row.prompt}${row.response}`)
          return rows
            .filter(({ prompt_id }) => prompt_id === row.prompt_id)
            .map(({ prompt, response }) => Math.sign(mine - score(`${prompt}${response}`)))
        })
      const [won, tied] = [comparisons.filter((sign) => sign > 0).length, comparisons.filter((sign) => sign === 0).length]
      expect(win_rate).toBeCloseTo((won + tied / 2) / comparisons.length, 12)
      expect(win_rate_decided).toBeCloseTo(won / (comparisons.length - tied), 12)
      expect(ties).toBeCloseTo(tied / comparisons.length, 12)
      expect([prompts, responses]).toEqual([24, 24])
    }
  })

  test("a table that is wired by itself is called after the reference where the reference gave it", async () => {
    const alone = (input: typeof stored) => [{ path: [], at: {}, input }]
    expect((await against(alone(stored), { count: 4 })).summary[0]?.against).toBe("sft")
    const foreign = tableOf(rows.map((row) => ({ ...row, policy_key: "another" })))
    expect((await against(alone(foreign), { count: 4 })).summary[0]?.against).toBe("opponent")
  })
})

describe("the prompts of an evaluation against stored answers", () => {
  test("are those that all tables answer, and the same as without the answers that others lack", async () => {
    const some = tableOf(rows.filter(({ prompt_id }) => prompt_id % 2 === 0))
    const others = tableOf(rows.filter(({ prompt_id }) => prompt_id % 3 === 0))
    const idsOf = async (...answers: Parameters<typeof against>[0]) => {
      const { evaluation } = await against(answers)
      return evaluation.filter(({ step, against }) => step === 4 && against === "sft").map(({ prompt_id }) => prompt_id)
    }
    const [all, half, sixth] = [
      await idsOf(called("sft", stored)),
      await idsOf(called("sft", some)),
      await idsOf(called("sft", some), called("golden", others)),
    ]
    expect(half).toEqual(all.filter((id) => id % 2 === 0))
    expect(sixth).toEqual(all.filter((id) => id % 6 === 0))
  })

  test("are refused where the answers are to others: of the other split, of none, or of none in common", async () => {
    const trained = called("sft", await draw({ split: "train" }))
    await expect(against([trained])).rejects.toMatchObject({
      tag: "NoAnswers",
      message: expect.stringContaining('"sft" are to prompts of "train"'),
    })
    const foreign = called("sft", tableOf(rows.map((row) => ({ ...row, prompt: `${row.prompt} then` }))))
    await expect(against([foreign])).rejects.toMatchObject({ tag: "NoAnswers", message: expect.stringContaining("none of the prompts") })
    const [even, odd] = [0, 1].map((rest) => tableOf(rows.filter(({ prompt_id }) => prompt_id % 2 === rest))) as [
      typeof stored,
      typeof stored,
    ]
    await expect(against([called("sft", even), called("golden", odd)])).rejects.toMatchObject({
      tag: "NoAnswers",
      message: expect.stringContaining("answered by all of sft, golden"),
    })
  })
})

test("answers that a server drew, without tokens, have those of the run's tokenizer", async () => {
  const drawn = (response: string) =>
    tableOf(rows.map((row) => ({ ...row, response, token_ids: new Int32Array(), logp_policy: null, policy_key: null, tokens: 999 })))
  const single = async (response: string) => tableOf((await drawn(response).read()).filter(({ sample_index }) => sample_index === 0))
  const { evaluation } = await against([called("server", await single(" so"))])
  for (const { opponent, opponent_tokens } of evaluation) {
    expect(opponent).toBe(" so")
    expect(opponent_tokens).toBeGreaterThan(1)
    expect(opponent_tokens).toBeLessThan(5)
  }
  await expect(against([called("server", drawn(" so".repeat(40)))])).rejects.toMatchObject({
    tag: "NotComparable",
    message: expect.stringContaining("or have a server draw shorter ones"),
  })
})

test("answers in the tokens of another tokenizer are refused", async () => {
  for (const shift of [1, 100_000]) {
    const others = tableOf(rows.map((row) => ({ ...row, token_ids: row.token_ids.map((token) => token + shift) })))
    await expect(against([called("stranger", others)])).rejects.toMatchObject({
      tag: "NotComparable",
      message: expect.stringContaining('"stranger"'),
    })
  }
})

test("answers that are longer than a checkpoint's may be are refused", async () => {
  const longest = Math.max(...rows.map(({ tokens }) => tokens))
  const given = { count: 4, maxNewTokens: longest - 1 }
  await expect(against([called("sft", stored)], given)).rejects.toMatchObject({
    tag: "NotComparable",
    message: expect.stringContaining(`"sft" has one of ${longest}`),
  })
  expect((await against([called("sft", stored)], { ...given, maxNewTokens: longest })).evaluation).toHaveLength(8)
})

test("an evaluation without an opponent is refused, and so is one in which two have one name", async () => {
  await expect(against([])).rejects.toMatchObject({ tag: "NoOpponent" })
  await expect(against([called("sft", stored)], { inputs: { opponent: [called("sft", reference)] } })).rejects.toMatchObject({
    tag: "SameName",
  })
})

describe("several responses to each prompt", () => {
  test("come one after the other, differ, and begin with the one that is drawn alone", async () => {
    const { evaluation, summary } = await against([called("sft", stored)], { perPrompt: 3 })
    expect(evaluation).toHaveLength(2 * 24 * 3)
    expect(evaluation.map(({ sample }) => sample)).toEqual(Array.from({ length: 2 * 24 * 3 }, (_, index) => index % 3))
    const first = evaluation.filter(({ sample }) => sample === 0)
    expect(first.map(({ prompt_id, response, outcome }) => [prompt_id, response, outcome])).toEqual(
      result.evaluation.map(({ prompt_id, response, outcome }) => [prompt_id, response, outcome]),
    )
    const second = evaluation.filter(({ sample }) => sample === 1)
    expect(second.filter(({ response }, index) => response !== first[index]?.response).length).toBeGreaterThan(24)
    expect(summary[0]).toMatchObject({ prompts: 24, responses: 72 })
  })
})

test("no more own pairs are ordered than asked for, however many prompts are answered", async () => {
  const { classification } = await against([called("sft", stored)], { pairs: 3 })
  expect(classification.filter(({ step }) => step === 4).length).toBeLessThanOrEqual(3)
  expect(result.classification.filter(({ step }) => step === 4).length).toBeGreaterThan(3)
})
