/** What saves memory changes nothing but rounding. */

import { describe, expect, test } from "vitest"
import { preferences as preferenceColumns, text } from "../../../data/schema/index.ts"
import { preferenceModel } from "../../../learning/judge/preference-model.stage.ts"
import { dpo } from "../../../learning/objective/losses.ts"
import { tokenizePair } from "../../../learning/policy/token-pair.ts"
import { optimize } from "../../../learning/train/optimize.stage.ts"
import type { PairLearnerOptions } from "../../../learning/train/pair-learner.ts"
import { PreferenceLearner } from "../../../learning/train/preference-learner.ts"
import { sft } from "../../../learning/train/sft.stage.ts"
import { load } from "../support/loss.ts"
import { MemoryTable } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { easyPreferences, sentences, textRows, tinyPolicy, tinyPolicyFiles, tokenizer } from "../support/toy.ts"

const policy = tinyPolicy(1)
const loss = await load(dpo({ beta: 0.1 }))
// Two ties, so that parts of a batch do not weigh the same.
const pairs = easyPreferences(10).map((row, place) => ({ ...tokenizePair(tokenizer, { ...row, tie: place < 2 }), place }))

const train = async (options: Partial<PairLearnerOptions>) => {
  const learner = new PreferenceLearner(policy, tinyPolicy(2), loss, oneThread, options)
  const reports: Array<Readonly<Record<string, number>>> = []
  for (let step = 0; step < 4; step++) reports.push(await learner.step(pairs, 1e-3))
  return { reports, parameters: learner.parameters }
}

const plain = await train({})

describe.each([
  ["a batch in three parts", { parts: 3 }],
  ["more parts than pairs", { parts: 20 }],
  ["activations that are computed again", { recompute: true }],
  ["both", { parts: 2, recompute: true }],
] as const)("with %s", (_, options) => {
  test("a learner reports and learns what it does without, ties in a part of their own included", async () => {
    const { reports, parameters } = await train(options)
    for (const [step, report] of reports.entries()) {
      expect(Object.keys(report).sort()).toEqual(Object.keys(plain.reports[step] as object).sort())
      for (const [name, value] of Object.entries(report))
        expect(value, `${name} at step ${step}`).toBeCloseTo(plain.reports[step]?.[name] as number, 4)
    }
    for (const [name, values] of Object.entries(parameters))
      for (const [index, value] of values.entries()) expect(value, name).toBeCloseTo(plain.parameters[name]?.[index] as number, 3)
  })
})

test("stages take both, for whole policies and for adapters", async () => {
  const reference = await tinyPolicyFiles(1)
  const preferences = new MemoryTable(preferenceColumns, easyPreferences(16))
  const saving = { gradientAccumulation: 2, recomputeActivations: true }
  const given = { loss: dpo({ beta: 0.1 }), steps: 3, batchSize: 8, checkpoints: 1, seed: 1 }
  for (const lora of [null, { rank: 2, alpha: 4 }]) {
    const losses = []
    for (const more of [{}, saving]) {
      const { metrics } = await runStage(optimize, { reference, preferences }, { ...given, lora, ...more })
      losses.push((await metrics.read()).filter(({ name }) => name === "loss").map(({ value }) => value))
    }
    for (const [step, value] of (losses[0] as Array<number>).entries()) expect(losses[1]?.[step]).toBeCloseTo(value, 4)
  }
  const corpus = new MemoryTable(text, [...textRows(sentences(60)), ...textRows(sentences(4), "test")])
  const tuned = []
  for (const more of [{}, saving]) {
    const { policy } = await runStage(sft, { corpus, base: reference }, { steps: 3, seed: 1, batchSize: 7, ...more })
    tuned.push(JSON.parse(new TextDecoder().decode(await policy.read("trainer_state.json"))).log_history.at(-1).eval_loss)
  }
  expect(tuned[1]).toBeCloseTo(tuned[0], 4)
  const judged = []
  const many = new MemoryTable(preferenceColumns, easyPreferences(60))
  for (const more of [{}, saving]) {
    const { judge } = await runStage(preferenceModel, { preferences: many, base: reference }, { steps: 4, seed: 1, batchSize: 7, ...more })
    judged.push(JSON.parse(new TextDecoder().decode(await judge.read("trainer_state.json"))).log_history[0].loss)
  }
  expect(judged[1]).toBeCloseTo(judged[0], 4)
})
