/**
 * Renamed inputs and parameters: the old name is refused with a message that gives the new one,
 * wherever it is written.
 */

import { Effect, Schema } from "effect"
import { expect, test } from "vitest"
import { optional, pipeline, stage } from "../../dsl/index.ts"
import { sample, sft, corpus as shippedTask } from "../../learning/stages.ts"
import { withParameter } from "../../runtime/index.ts"
import { corpus, Policy, Prompts } from "./fixtures/stages.ts"

const run = () => import("./fixtures/implementation.ts")
const { prompts } = corpus({ task: "sentiment" })
const draw = stage({
  name: "draw",
  inputs: { prompts: Prompts, policy: optional(Policy) },
  parameters: { maxNewTokens: Schema.Int },
  outputs: { drawn: Prompts },
  renamed: { longest: "maxNewTokens", questions: "prompts" },
  run,
})

const renamedParameter = 'stage draw: "longest" is now called "maxNewTokens". Write maxNewTokens in place of longest.'

test("a call that uses a parameter's old name does not compile and is refused, spread or not", () => {
  // @ts-expect-error: the type of `longest` says RenamedTo<"maxNewTokens">
  expect(() => draw({ prompts, longest: 8 })).toThrow(renamedParameter)
  const old = { longest: 8 }
  // @ts-expect-error: no excess property for the compiler, and refused all the same
  expect(() => draw({ prompts, maxNewTokens: 4, ...old })).toThrow(renamedParameter)
  // @ts-expect-error: a stale field of a record is undefined, and must not mean a default
  expect(() => draw({ prompts, maxNewTokens: 4, longest: undefined })).toThrow(renamedParameter)
})

test("a call that uses a port's old name is refused before the open port is", () => {
  const renamedPort = 'stage draw: "questions" is now called "prompts". Write prompts in place of questions.'
  // @ts-expect-error: the type of `questions` says RenamedTo<"prompts">
  expect(() => draw({ questions: prompts, maxNewTokens: 8 })).toThrow(renamedPort)
})

test("--set refuses the old name too", () => {
  const loaded = { graph: pipeline("answers", () => ({ answers: draw({ prompts, maxNewTokens: 8 }) })).graph } as never
  const message = (assignment: string) => Effect.runSync(Effect.flip(withParameter(loaded, assignment))).message
  expect(message("draw.longest=4")).toBe(`--set draw.longest=4: ${renamedParameter}`)
})

test("a rename is declared from a name that is gone to one that is there", () => {
  const declare = (renamed: object) => () =>
    stage({ name: "draw", inputs: {}, parameters: { steps: Schema.Int }, outputs: { drawn: Prompts }, renamed: renamed as never, run })
  expect(declare({ steps: "steps" })).toThrow('renamed holds "steps", which is still a name')
  expect(declare({ count: "size" })).toThrow('renamed leads to "size", which is neither an input nor a parameter')
  // @ts-expect-error: the compiler knows the names
  const wrong = () => stage({ name: "draw", inputs: {}, parameters: {}, outputs: { drawn: Prompts }, renamed: { count: "size" }, run })
  expect(wrong).toThrow('renamed leads to "size"')
})

test("a shipped task refuses the old names of its fields", () => {
  const task = shippedTask({ task: "sentiment" })
  // @ts-expect-error: now tokenization
  expect(() => task.reading).toThrow('the task "sentiment": "reading" is now called "tokenization"')
  const policy = sft({ corpus: task.text, ...task.tokenization, size: "small", steps: 1, seed: 1 })
  expect(() =>
    // @ts-expect-error: now maxNewTokens, on either side
    sample({ policy, prompts: task.prompts, perPrompt: 2, seed: 1, longest: task.maxNewTokens }),
  ).toThrow('stage sample: "longest" is now called "maxNewTokens"')
})
