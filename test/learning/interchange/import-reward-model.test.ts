import { pipeline } from "assay"
import { GoldJudge, importRewardModel, ProxyJudge } from "assay/stages"
import { describe, expect, test } from "vitest"
import { preferences as columns } from "../../../data/schema/index.ts"
import { importProxyRewardModelFiles, importRewardModelFiles } from "../../../learning/interchange/import-reward-model-files.stage.ts"
import type { Verdict } from "../../../learning/judge/judge.ts"
import type { PreferenceForm } from "../../../learning/judge/preference-form.ts"
import { preferenceModel } from "../../../learning/judge/preference-model.stage.ts"
import { readJudge } from "../../../learning/judge/read.ts"
import { MemoryFiles, MemoryTable } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { easyPreferences, tinyPolicyFiles } from "../support/toy.ts"

const trained = async (form: PreferenceForm): Promise<MemoryFiles> => {
  const { judge } = await runStage(
    preferenceModel,
    { preferences: new MemoryTable(columns, easyPreferences(60)), base: await tinyPolicyFiles(3) },
    { steps: 2, seed: 1, batchSize: 8, form },
  )
  return judge
}

const ours = await trained("pointwise")

const inputsOf = async (folder: MemoryFiles) => {
  const only = async (name: string) => new MemoryFiles({ [name]: await folder.read(name) })
  return {
    config: await only("config.json"),
    weights: await only("model.safetensors"),
    tokenizer: await only("tokenizer.json"),
    tokenizerConfig: await only("tokenizer_config.json"),
  }
}

const imported = async (folder: MemoryFiles, options = {}): Promise<MemoryFiles> =>
  (await runStage(importRewardModelFiles, await inputsOf(folder), options)).judge

const withConfig = async (changes: Readonly<Record<string, unknown>>): Promise<MemoryFiles> =>
  ours.with({ "config.json": JSON.stringify({ ...((await ours.json("config.json")) as object), ...changes }) })

const pairs = [
  { prompt: "the man had", first: " a happy table", second: " a terrible table" },
  { prompt: "a child saw", first: " a sad song", second: " a wonderful song" },
]

test("a folder on disk is a gold judge, or a proxy where that is asked for", () => {
  const typesOf = (judge: unknown) => pipeline("imported", () => ({ judge })).graph.stages.map(({ declaration }) => declaration.outputs)
  expect(typesOf(importRewardModel({ directory: "models/reward/" }))).toEqual([{ judge: GoldJudge }])
  expect(typesOf(importRewardModel({ directory: "models/reward", judge: ProxyJudge }))).toEqual([{ judge: ProxyJudge }])
  expect(() => importRewardModel({ directory: "models/reward", labels: {} })).toThrow("leave `labels` out, or pass judge: ProxyJudge")
})

test("a proxy brings the labels that it is said to have learned from, and says nothing of them otherwise", async () => {
  const labels = { "ratings of 2023": { human: { pairs: 5000, untied: 4100 } } }
  const proxy = async (parameters: object) =>
    readJudge((await runStage(importProxyRewardModelFiles, await inputsOf(ours), parameters)).judge, oneThread)
  expect(await proxy({ learnedFrom: labels })).toMatchObject({ source: "proxy", labels })
  expect((await proxy({})).labels).toBeUndefined()
})

test.each(["pairwise", "pointwise"] as const)("a %s model that Assay trained judges as it did", async (form) => {
  const folder = await trained(form)
  const [before, after] = [await readJudge(folder, oneThread), await readJudge(await imported(folder), oneThread)]
  expect(await after.compare(pairs)).toEqual(await before.compare(pairs))
})

test("the better score wins, its margin as log-odds, and a tokenizer's end-of-text counts where it is appended", async () => {
  const foreign = await withConfig({ preference_form: undefined })
  const [plain, ended] = [await imported(foreign), await imported(foreign, { appendEndOfText: true })]
  const [{ scores, outcome, probability }] = (await (await readJudge(plain, oneThread)).compare(pairs)) as [Verdict]
  const [first, second] = scores as readonly [number, number]
  expect(outcome).toBe(first > second ? 1 : 0)
  expect(probability).toBeCloseTo(1 / (1 + Math.exp(second - first)), 12)
  const [other] = await (await readJudge(ended, oneThread)).compare(pairs)
  expect(other?.scores?.[0]).not.toBeCloseTo(first, 3)
  // As padding it is not scored.
  const padded = await imported(await withConfig({ preference_form: undefined, pad_token_id: 0 }), { appendEndOfText: true })
  expect((await (await readJudge(padded, oneThread)).compare(pairs))[0]?.scores?.[0]).toBeCloseTo(first, 6)
})

test("what does not fit the context loses the beginning of the prompt, and is counted", async () => {
  const judge = await readJudge(await imported(await withConfig({ preference_form: undefined })), oneThread)
  const long = { prompt: "the man had a wonderful day and ".repeat(20), response: " a happy table" }
  const longer = { prompt: `another story. ${long.prompt}`, response: long.response }
  const scores = (await judge.score?.([long, longer])) ?? []
  expect(scores[0]).not.toBeNaN()
  expect(judge.context?.truncated.values).toMatchObject({ truncated_prompts: 2, truncated_responses: 0 })
})

describe("refused by what it is", () => {
  test("a language model, with the stage that makes a reward model of it", async () => {
    const refused = imported(await tinyPolicyFiles(3))
    await expect(refused).rejects.toMatchObject({ tag: "NotARewardModel", details: { key: "architectures" } })
    await expect(refused).rejects.toThrow('architectures is ["GPT2LMHeadModel"]; expected GPT2ForSequenceClassification')
  })

  test("a model of several labels, or of two where the file does not say", async () => {
    const classes = { id2label: { 0: "bad", 1: "good" } }
    await expect(imported(await withConfig(classes))).rejects.toMatchObject({ tag: "NotARewardModel", details: { key: "num_labels" } })
    await expect(imported(await withConfig(classes))).rejects.toThrow("num_labels is 2; expected 1")
    await expect(imported(await withConfig({ num_labels: undefined }))).rejects.toThrow("num_labels is 2 where config.json does not say")
  })

  test("weights without a score", async () => {
    const folder = ours.with({ "model.safetensors": await (await tinyPolicyFiles(3)).read("model.safetensors") })
    await expect(imported(folder)).rejects.toThrow("model.safetensors: score.weight is missing; config.json asks for [1,16]")
  })

  test("code of its own, quantised weights, and another family", async () => {
    await expect(imported(await withConfig({ auto_map: {} }))).rejects.toMatchObject({ tag: "UnsupportedPolicy" })
    await expect(imported(await withConfig({ quantization_config: {} }))).rejects.toMatchObject({ tag: "UnsupportedPolicy" })
    await expect(imported(await withConfig({ model_type: "deberta-v2" }))).rejects.toThrow('a model of type "deberta-v2"')
  })
})
