/**
 * What a stage leaves out is counted in an artifact and said to the user; a run in which nothing is
 * left fails.
 */

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { type evaluation, type PreferenceRow, preferences, prompts, text } from "../../data/schema/index.ts"
import { evaluate } from "../../learning/evaluate/evaluate.stage.ts"
import { preferenceModel } from "../../learning/judge/preference-model.stage.ts"
import { ipo } from "../../learning/objective/losses.ts"
import { label } from "../../learning/preferences/label.stage.ts"
import { sample } from "../../learning/preferences/sample.stage.ts"
import { optimize } from "../../learning/train/optimize.stage.ts"
import { optimizeOnline } from "../../learning/train/optimize-online.stage.ts"
import { sft } from "../../learning/train/sft.stage.ts"
import { MemoryTable } from "../learning/support/memory.ts"
import { runStage } from "../learning/support/stage.ts"
import {
  easyPreferences,
  goldJudge,
  preferenceRow,
  promptRows,
  prompts36,
  sentences,
  textRows,
  tinyPolicyFiles,
  tinyProxyFiles,
} from "../learning/support/toy.ts"

let said: Array<string> = []
beforeEach(() => {
  said = []
  vi.spyOn(console, "log").mockImplementation((line) => void said.push(String(line)))
})
afterEach(() => vi.restoreAllMocks())

/** Policy and proxy have a context of 32 tokens, and a prompt like this has many more. */
const dialogue = prompts36.slice(0, 12).join(" and ")
const reference = await tinyPolicyFiles(1)
const judge = await tinyProxyFiles(2)
const training = { loss: ipo({ beta: 0.1 }), steps: 3, seed: 1, batchSize: 8, learningRate: 3e-3, checkpoints: 3 }
const table = (rows: ReadonlyArray<PreferenceRow>) => new MemoryTable(preferences, rows)
const pairs = easyPreferences(16)
const longPrompts = pairs.map((row) => ({ ...row, prompt: `${dialogue} ${row.prompt}` }))
/** The beginnings are alike for longer than the context. */
const alike = pairs.map((row) => ({ ...row, chosen: ` ${dialogue}${row.chosen}`, rejected: ` ${dialogue}${row.rejected}` }))

const valuesOf = async (metrics: { read: () => Promise<ReadonlyArray<{ readonly name: string; readonly value: number }>> }) => {
  const rows = await metrics.read()
  return (wanted: string) => rows.filter(({ name }) => name === wanted).map(({ value }) => value)
}

describe("a pair that is longer than the context", () => {
  test("teaches by its responses, to the end of its prompt; every step counts what was cut", async () => {
    const run = await runStage(optimize, { reference, preferences: table(longPrompts) }, training)
    const values = await valuesOf(run.metrics)
    for (const norm of values("gradient_norm")) expect(norm).toBeGreaterThan(0.01)
    expect(values("useful_pairs")).toEqual([8, 8, 8])
    expect(values("truncated_prompts")).toEqual([8, 8, 8])
    expect(values("truncated_responses")).toEqual([0, 0, 0])
    expect(said).toEqual([expect.stringMatching(/^of 24 pairs read, 24 had the beginning of the prompt cut: .* 32 tokens; .*`context`/)])
  })

  test("has no weight where the cut leaves nothing to tell its responses apart, and is not called useful", async () => {
    const mixed = [...pairs.slice(0, 4), ...alike.slice(4, 8)]
    const run = await runStage(optimize, { reference, preferences: table(mixed) }, training)
    const values = await valuesOf(run.metrics)
    expect(values("useful_pairs")).toEqual([4, 4, 4])
    expect(values("empty_pairs")).toEqual([4, 4, 4])
    expect(values("truncated_responses")).toEqual([8, 8, 8])
    expect(said.join()).toContain("12 were left with nothing to tell their responses apart")
    // They are in the batch as ties are: without weight.
    const ties = [...pairs.slice(0, 4), ...pairs.slice(4, 8).map((row) => ({ ...row, tie: true }))]
    const stream = (rows: ReadonlyArray<PreferenceRow>) =>
      runStage(
        optimize,
        { reference, preferences: table(rows.map((row) => ({ ...row, step: 1 }))) },
        { ...training, steps: 1, order: "stream" },
      )
    const [one, other] = [await valuesOf((await stream(mixed)).metrics), await valuesOf((await stream(ties)).metrics)]
    expect(one("loss")[0]).toBeCloseTo(other("loss")[0] as number, 5)
    expect(one("margin")[0]).toBeCloseTo(other("margin")[0] as number, 4)
  })

  test("says nothing where all fits, and counts zeros", async () => {
    const run = await runStage(optimize, { reference, preferences: table(pairs) }, training)
    const values = await valuesOf(run.metrics)
    for (const name of ["truncated_prompts", "truncated_responses", "empty_pairs"]) expect(values(name)).toEqual([0, 0, 0])
    expect(said).toEqual([])
  })
})

test("ties are counted as labels that are not among the untied ones, and said", async () => {
  const rows = pairs.map((row, index) => ({ ...row, tie: index < 5 }))
  const values = await valuesOf((await runStage(optimize, { reference, preferences: table(rows) }, training)).metrics)
  expect([values("labels_human"), values("untied_labels_human")]).toEqual([[16], [11]])
  const { judge } = await runStage(preferenceModel, { preferences: table(rows), base: reference }, { steps: 1, seed: 1, batchSize: 4 })
  expect(await judge.json("trainer_state.json")).toMatchObject({ labels: { human: { pairs: 16, untied: 11 } } })
  expect(said).toEqual(Array(2).fill("5 of 16 pairs are ties, and are left out"))
})

describe("a run in which nothing is left", () => {
  const nothing = {
    tag: "NothingToTrain",
    message: expect.stringMatching(/shorter responses, or a larger `context`/),
    details: { context: 32 },
  }

  test("fails before its first step where every pair is too long, or a stream is all ties", async () => {
    await expect(runStage(optimize, { reference, preferences: table(alike) }, training)).rejects.toMatchObject(nothing)
    const tied = easyPreferences(24).map((row, index) => ({ ...row, tie: true, step: index >> 3, position: index % 8 }))
    const run = runStage(optimize, { reference, preferences: table(tied) }, { ...training, order: "stream" })
    await expect(run).rejects.toMatchObject(nothing)
  })

  test("fails where no pair fits a preference model, and no passage a policy", async () => {
    const model = { steps: 2, seed: 1, batchSize: 4, vocabulary: 300 }
    await expect(runStage(preferenceModel, { preferences: table(alike) }, { ...model, context: 12 })).rejects.toMatchObject({
      tag: "NothingToTrain",
      details: { context: 12 },
    })
    const corpus = new MemoryTable(text, textRows(sentences(20)))
    const short = { size: "small", steps: 2, seed: 1, batchSize: 4, vocabulary: 300, context: 1 } as const
    await expect(runStage(sft, { corpus }, short)).rejects.toMatchObject({ tag: "NothingToTrain", details: { context: 1 } })
  })
})

test("online, prompts of any length are answered, and drawing, learning and judging each count what they cut; a replay gives the same policy", async () => {
  const asked = new MemoryTable(prompts, promptRows(prompts36.slice(0, 8).map((prompt) => `${dialogue} ${prompt}`)))
  const online = await runStage(optimizeOnline, { reference, judge, prompts: asked }, { ...training, maxNewTokens: 6 })
  const values = await valuesOf(online.metrics)
  for (const name of ["pairs", "truncated_prompts", "judge_truncated_prompts"]) expect(values(name), name).toEqual([8, 8, 8])
  // The judge reads the text of responses in tokens of its own, which may be more.
  expect(values("truncated_responses")).toEqual([0, 0, 0])
  expect(values("judge_truncated_responses")).toHaveLength(3)
  expect(values("useful_pairs").every((count) => count > 0)).toBe(true)
  expect(said.map((line) => /: (the \w+) has a context of 32 tokens/.exec(line)?.[1])).toEqual(["the policy", "the judge", "the learner"])
  const stream = await online.stream.read()
  for (const { chosen_token_ids, rejected_token_ids } of stream)
    expect(Math.min(chosen_token_ids.length, rejected_token_ids.length)).toBeGreaterThan(0)
  const replayed = await runStage(optimize, { reference, preferences: online.stream }, { ...training, order: "stream" })
  expect(replayed.checkpoints.digest).toBe(online.checkpoints.digest)
})

test("sampling, labelling and evaluating say what they cut, and a row says how much of its prompt was not read", async () => {
  const asked = new MemoryTable(prompts, [...promptRows([dialogue, "the man had"]), ...promptRows([dialogue], "test")])
  const { responses } = await runStage(sample, { policy: reference, prompts: asked }, { perPrompt: 2, seed: 1, maxNewTokens: 6 })
  await runStage(label, { responses, judge }, { pairing: "all" })
  expect(said).toEqual([expect.stringMatching(/^of 4 responses, 2 answer/), expect.stringMatching(/^of 2 pairs read, 1 had .* the judge/)])
  said = []
  const { checkpoints } = await runStage(optimize, { reference, preferences: table(pairs) }, { ...training, steps: 1, checkpoints: 1 })
  const { evaluation: rows } = await runStage(
    evaluate,
    {
      run: checkpoints,
      reference,
      prompts: asked,
      opponent: [{ path: [], at: {}, input: reference }],
      answers: [],
      judge: goldJudge,
      preferences: [{ path: ["held out"], at: {}, input: table([...longPrompts, ...alike]) }],
    } as never,
    { maxNewTokens: 6 },
  )
  const cut = (await (rows as MemoryTable<typeof evaluation>).read()).map(({ truncated_prompt_tokens }) => truncated_prompt_tokens)
  expect(cut).toEqual((await responses.read()).slice(0, 1).map(({ truncated_prompt_tokens }) => truncated_prompt_tokens))
  expect(said.map((line) => line.slice(0, 40))).toEqual([
    expect.stringContaining("of 1 responses, 1 answer"),
    expect.stringContaining('of 32 pairs of "held out" read, '),
    expect.stringContaining("of 1 responses, 1 answer"),
  ])
})

test("sft and a preference model count in trainer_state.json what did not fit, and leave it out where all did", async () => {
  const corpus = new MemoryTable(text, [...textRows(sentences(40)), ...textRows([dialogue, dialogue], "test")])
  const policy = async (context: number) => {
    const trained = await runStage(sft, { corpus }, { size: "small", steps: 1, seed: 1, batchSize: 4, vocabulary: 300, context })
    return (await trained.policy.json("trainer_state.json")) as Readonly<Record<string, unknown>>
  }
  expect(await policy(40)).toMatchObject({ truncated_passages: 2 })
  expect(said).toEqual([expect.stringMatching(/^2 of 42 passages were cut at their end to fit a context of 40 tokens/)])
  expect(await policy(400)).not.toHaveProperty("truncated_passages")
  said = []
  const state = async (rows: ReadonlyArray<PreferenceRow>) => {
    const trained = await runStage(preferenceModel, { preferences: table(rows), base: reference }, { steps: 2, seed: 1, batchSize: 4 })
    return (await trained.judge.json("trainer_state.json")) as Readonly<Record<string, unknown>>
  }
  expect(await state(longPrompts)).toMatchObject({ truncated_prompts: 8, truncated_responses: 0, empty_pairs: 0 })
  expect(said).toHaveLength(1)
  expect(await state([preferenceRow(16, "our friend", " saw a table", " saw"), ...pairs])).not.toHaveProperty("truncated_prompts")
  expect(said).toHaveLength(1)
})
