import { describe, expect, test } from "vitest"
import { preferences as preferenceColumns, prompts as promptColumns } from "../../../data/schema/index.ts"
import { mergeAdapters } from "../../../learning/interchange/merge-adapters.stage.ts"
import { ipo } from "../../../learning/objective/losses.ts"
import type { Policy } from "../../../learning/policy/files.ts"
import { readPolicy } from "../../../learning/policy/files.ts"
import { LogProbabilities } from "../../../learning/policy/log-probabilities.ts"
import { promptTokens, responseTokens } from "../../../learning/policy/text.ts"
import { optimize } from "../../../learning/train/optimize.stage.ts"
import { optimizeOnline } from "../../../learning/train/optimize-online.stage.ts"
import { policyAt } from "../../../learning/train/policy-at.stage.ts"
import { MemoryTable } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { easyPreferences, promptRows, prompts36, tinyPolicyFiles, tinyProxyFiles } from "../support/toy.ts"

const reference = await tinyPolicyFiles(1)
const preferences = new MemoryTable(preferenceColumns, easyPreferences(64))
const lora = { rank: 4, alpha: 8 }
const parameters = { loss: ipo({ beta: 0.1 }), steps: 6, batchSize: 16, learningRate: 1e-2, checkpoints: 2, seed: 3 }
const offline = await runStage(optimize, { reference, preferences }, { ...parameters, lora })
const policyOf = async (run: typeof offline.checkpoints, step: number | "last" = "last") =>
  (await runStage(policyAt, { run }, { step })).policy

const sequences = ({ tokenizer }: Policy) =>
  prompts36.slice(0, 8).map((prompt) => ({ prompt: promptTokens(tokenizer, prompt), response: responseTokens(tokenizer, " a happy day") }))
const logp = async (policy: Policy) => new LogProbabilities(policy.configuration, oneThread).of(policy.parameters, sequences(policy))

describe("a run that trains adapters", () => {
  test("keeps the base once and leaves it as it was, and its checkpoints are the adapters alone", async () => {
    const { names } = offline.checkpoints
    expect(names.filter((name) => name.startsWith("checkpoint-6/")).sort()).toEqual([
      "checkpoint-6/adapter_config.json",
      "checkpoint-6/adapter_model.safetensors",
    ])
    expect(names.filter((name) => name.endsWith("/model.safetensors"))).toEqual([])
    expect(await offline.checkpoints.read("model.safetensors")).toEqual(await reference.read("model.safetensors"))
    const { learned_bytes, whole_bytes } = {
      learned_bytes: (await offline.checkpoints.read("checkpoint-6/adapter_model.safetensors")).length,
      whole_bytes: (await reference.read("model.safetensors")).length,
    }
    expect(learned_bytes).toBeLessThan(whole_bytes)
  })

  test("begins at its reference, and learns", async () => {
    const rows = await offline.metrics.read()
    const of = (name: string) => rows.filter((row) => row.name === name).map(({ value }) => value)
    expect(of("margin")[0]).toBeCloseTo(0, 4)
    expect(of("loss").at(-1)).toBeLessThan((of("loss")[0] as number) * 0.9)
    expect(of("gradient_norm")[0]).toBeGreaterThan(0)
  })

  test("gives a policy with adapters wherever one is wanted, and merged one without that computes the same", async () => {
    const adapted = await policyOf(offline.checkpoints)
    const { merged } = await runStage(mergeAdapters, { policy: adapted }, {})
    const [withAdapters, without, before] = [await readPolicy(adapted), await readPolicy(merged), await readPolicy(reference)]
    expect(Object.keys(without.parameters)).toEqual(Object.keys(before.parameters))
    const [one, other, old] = [await logp(withAdapters), await logp(without), await logp(before)]
    for (const [index, value] of one.entries()) expect(value).toBeCloseTo(other[index] as number, 3)
    expect(Math.max(...one.map((value, index) => Math.abs(value - (old[index] as number))))).toBeGreaterThan(0.1)
    expect((await runStage(mergeAdapters, { policy: reference }, {})).merged.digest).toBe(reference.digest)
  })

  test("goes on from adapters that a policy has", async () => {
    const adapted = await policyOf(offline.checkpoints)
    const more = await runStage(optimize, { reference: adapted, preferences }, { ...parameters, steps: 2 })
    expect(more.checkpoints.names).toContain("checkpoint-2/adapter_model.safetensors")
    await expect(runStage(optimize, { reference: adapted, preferences }, { ...parameters, lora })).rejects.toMatchObject({
      tag: "Adapter",
      message: expect.stringMatching(/has adapters already/),
    })
  })

  test("is refused for a target that the policy does not have, and says what it has", async () => {
    const unknown = { ...lora, targets: ["q_proj"] } as const
    await expect(runStage(optimize, { reference, preferences }, { ...parameters, lora: unknown })).rejects.toMatchObject({
      tag: "Adapter",
      details: { target: "q_proj" },
      message: expect.stringMatching(/"q_proj" is not a linear map of the policy; it has c_attn, c_proj, c_fc$/),
    })
  })
})

test("an online stream that adapters learned from gives the same adapters offline, bit for bit", async () => {
  const prompts = new MemoryTable(promptColumns, promptRows(prompts36))
  const judge = await tinyProxyFiles(2)
  const online = await runStage(optimizeOnline, { reference, prompts, judge }, { ...parameters, steps: 3, maxNewTokens: 8, lora })
  const rows = await online.stream.read()
  const replayed = await runStage(
    optimize,
    { reference, preferences: new MemoryTable(preferenceColumns, rows) },
    { ...parameters, steps: 3, lora, order: "stream" },
  )
  const weights = "checkpoint-3/adapter_model.safetensors"
  expect(await replayed.checkpoints.read(weights)).toEqual(await online.checkpoints.read(weights))
  const [semi, again] = [await semiOnline(), await semiOnline()]
  expect(semi).toBe(again)

  async function semiOnline(): Promise<string> {
    const { checkpoints } = await runStage(
      optimizeOnline,
      { reference, prompts, judge },
      { ...parameters, steps: 3, synchronise: 2, maxNewTokens: 8, lora },
    )
    return checkpoints.digest
  }
})
