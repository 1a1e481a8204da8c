import { describe, expect, test } from "vitest"
import { decodeSafetensors } from "../../../data/safetensors/index.ts"
import { preferences as columns } from "../../../data/schema/index.ts"
import { agreement } from "../../../learning/evaluate/agreement.stage.ts"
import { preferenceModel } from "../../../learning/judge/preference-model.stage.ts"
import { readPreferenceModel } from "../../../learning/judge/preference-model.ts"
import { readJudge } from "../../../learning/judge/read.ts"
import { ipo } from "../../../learning/objective/losses.ts"
import { optimize } from "../../../learning/train/optimize.stage.ts"
import { policyAt } from "../../../learning/train/policy-at.stage.ts"
import type { MemoryFiles } from "../support/memory.ts"
import { MemoryTable } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { easyPreferences, tinyPolicyFiles } from "../support/toy.ts"

const preferences = new MemoryTable(columns, easyPreferences(120))
const base = await tinyPolicyFiles(3)
const lora = { rank: 2, alpha: 4 }
const trained = async (on: MemoryFiles, changes = {}) =>
  (await runStage(preferenceModel, { preferences, base: on }, { steps: 60, seed: 1, batchSize: 16, learningRate: 2e-2, lora, ...changes }))
    .judge
const tensorsOf = async (folder: MemoryFiles, name: string) => decodeSafetensors(await folder.read(name)).tensors

describe("a preference model whose base is frozen", async () => {
  const judge = await trained(base, { form: "pointwise" })

  test("holds the weights of its base as they were, and no score among them", async () => {
    const [before, after] = [await tensorsOf(base, "model.safetensors"), await tensorsOf(judge, "model.safetensors")]
    expect(after).toEqual(before)
  })

  test("keeps what it learned as PEFT does for the classification of sequences: adapters, and the score in full", async () => {
    expect(await judge.json("adapter/adapter_config.json")).toMatchObject({
      peft_type: "LORA",
      task_type: "SEQ_CLS",
      r: 2,
      lora_alpha: 4,
      target_modules: ["c_attn", "c_fc", "c_proj"],
      modules_to_save: ["score"],
      fan_in_fan_out: true,
    })
    const tensors = await tensorsOf(judge, "adapter/adapter_model.safetensors")
    expect(tensors["base_model.model.score.weight"]?.shape).toEqual([1, 16])
    expect(Object.keys(tensors)).toContain("base_model.model.transformer.h.0.attn.c_attn.lora_A.weight")
    expect(Object.keys(tensors)).toHaveLength(2 * 4 * 2 + 1)
  })

  test("learns, and judges where it is read again", async () => {
    const { log_history } = (await judge.json("trainer_state.json")) as { readonly log_history: ReadonlyArray<Record<string, number>> }
    expect(log_history.at(-1)?.eval_accuracy).toBeGreaterThan(0.8)
    const { judgements } = await runStage(agreement, { judge, preferences }, {})
    const rows = await judgements.read()
    expect(rows.filter(({ p_judge }) => p_judge > 0.5).length / rows.length).toBeGreaterThan(0.8)
  })

  test("is the same twice", async () => {
    const [one, other] = [await trained(base, { steps: 3 }), await trained(base, { steps: 3 })]
    expect(one.digest).toBe(other.digest)
  })
})

test("adapters that the base has are part of it", async () => {
  const parameters = { loss: ipo({ beta: 0.1 }), steps: 6, batchSize: 16, learningRate: 1e-2, checkpoints: 1, seed: 3, lora }
  const { checkpoints } = await runStage(optimize, { reference: base, preferences }, parameters)
  const { policy } = await runStage(policyAt, { run: checkpoints }, { step: "last" })
  const [whole, again] = [
    await trained(policy, { lora: null, steps: 1, learningRate: 1e-6 }),
    await trained(policy, { steps: 1, learningRate: 1e-6 }),
  ]
  const [plain, adapted] = [await readPreferenceModel(whole), await readPreferenceModel(again)]
  const name = "transformer.h.0.attn.c_attn.weight"
  const before = (await tensorsOf(base, "model.safetensors"))[name]?.data as Float32Array
  const distance = (one: Float32Array, other: Float32Array): number =>
    Math.hypot(...one.map((value, index) => value - (other[index] as number)))
  expect(distance(plain.parameters[name] as Float32Array, before)).toBeGreaterThan(0.01)
  expect(distance(plain.parameters[name] as Float32Array, adapted.parameters[name] as Float32Array)).toBeLessThan(1e-4)
})

test("adapters without a base are refused", async () => {
  const refused = runStage(preferenceModel, { preferences, base: undefined }, { steps: 1, seed: 1, batchSize: 16, lora })
  await expect(refused).rejects.toMatchObject({ tag: "Adapter", message: expect.stringContaining("pass a `base`, or leave `lora` out") })
})

test("a judge whose adapters lack the score is refused by its name", async () => {
  const judge = await trained(base, { steps: 1 })
  const config = { ...((await judge.json("adapter/adapter_config.json")) as object), modules_to_save: ["classifier"] }
  const other = judge.with({ "adapter/adapter_config.json": JSON.stringify(config) })
  await expect(readJudge(other, oneThread)).rejects.toMatchObject({ tag: "Adapter", details: { key: "modules_to_save" } })
})
