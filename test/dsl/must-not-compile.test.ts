/**
 * What the compiler must refuse. Each refusal is written twice: `@ts-expect-error` for the compiler
 * (an unused one is an error itself), and the error that somebody without a compiler gets when the
 * pipeline is declared.
 */

import { Schema } from "effect"
import { expect, test } from "vitest"
import { many, named, optional, stage, swap, sweep } from "../../dsl/index.ts"
import { problemsIn } from "./fixtures/compiler.ts"
import { corpus, evaluate, figure, label, optimize, Policy, Scores, sft } from "./fixtures/stages.ts"

const task = corpus({ task: "sentiment" })
const reference = sft({ prompts: task.prompts, steps: 10, seed: 1 })
const pairs = label({ policy: reference, judge: task.gold })
const arm = optimize({ reference, pairs, beta: 0.1 })

test("the wrong artifact on a port", () => {
  // @ts-expect-error: a judge is not a policy
  expect(() => label({ policy: task.gold, judge: task.gold })).toThrow('stage label: "policy" expects policy, got judge')
  // @ts-expect-error: prompts are not pairs
  expect(() => optimize({ reference, pairs: task.prompts, beta: 1 })).toThrow('"pairs" expects pairs, got prompts')
  // @ts-expect-error: neither a policy nor a judge
  expect(() => evaluate({ of: pairs })).toThrow('"of" expects policy or judge, got pairs')
  // @ts-expect-error: an optional port is as particular
  expect(() => optimize({ reference, pairs, held: reference, beta: 1 })).toThrow('"held" expects pairs, got policy')
})

test("all outputs of a stage where one is wanted", () => {
  // @ts-expect-error: which of the two outputs?
  expect(() => evaluate({ of: arm })).toThrow('stage evaluate: "of" expects one artifact (policy or judge)')
})

test("a port left open", () => {
  // @ts-expect-error: no judge
  expect(() => label({ policy: reference })).toThrow('stage label: input "judge" is missing')
  // @ts-expect-error: nothing at all
  expect(() => figure({})).toThrow('stage figure: input "scores" is missing')
})

test("a collection that holds nothing of the type", () => {
  // @ts-expect-error: policies are not scores
  expect(() => figure({ scores: { a: reference } })).toThrow('"scores" expects at least one artifact of type scores, got none')
})

test("an unknown parameter", () => {
  // @ts-expect-error: optimize has no temperature
  expect(() => optimize({ reference, pairs, beta: 1, temperature: 2 })).toThrow(/^stage optimize: .*temperature/s)
  // @ts-expect-error: a misspelt port is an unknown parameter
  expect(() => optimize({ reference, pairs, holdout: pairs, beta: 1 })).toThrow(/^stage optimize: .*holdout/s)
})

test("a parameter of the wrong type, or missing", () => {
  // @ts-expect-error: not one of the tasks
  expect(() => corpus({ task: "chess" })).toThrow(/^stage corpus: .*sentiment/s)
  // @ts-expect-error: steps are counted
  expect(() => sft({ prompts: task.prompts, steps: "600", seed: 1 })).toThrow(/^stage sft: .*steps/s)
  // @ts-expect-error: no beta
  expect(() => optimize({ reference, pairs })).toThrow(/^stage optimize: .*beta/s)
})

test("an output that the stage does not have", () => {
  // @ts-expect-error: an arm has a policy and scores
  expect(arm.stream).toBeUndefined()
})

test("an artifact exchanged for one of another type", () => {
  // @ts-expect-error: pairs cannot stand in for prompts
  expect(() => evaluate({ of: swap(reference, { replace: task.prompts, by: pairs }) })).toThrow("swap: prompts cannot be replaced by pairs")
})

test("an axis that the sweep does not have", () => {
  // @ts-expect-error: the sweep is over beta
  expect(() => sweep({ beta: [1] }, ({ seed }) => seed)).toThrow('the body never reads "beta"')
})

test("a name for a value that is not an artifact", () => {
  // @ts-expect-error: a number has no id
  expect(() => named("answer", { a: 42 })).toThrow('named("answer", …) expects an artifact or all outputs of one stage')
})

test("a stage that is declared of the wrong pieces", () => {
  const name = "wrong"
  const run = () => import("./fixtures/implementation.ts")
  const outputs = { policy: Policy }
  // @ts-expect-error: the implementation is a module, not its address
  stage({ name, inputs: {}, parameters: {}, outputs, run: () => "./fixtures/implementation.ts" })
  // @ts-expect-error: a port is not a parameter
  stage({ name, inputs: {}, parameters: { policy: optional(Policy) }, outputs, run })
  // @ts-expect-error: a date is not JSON, and a key is made of JSON
  stage({ name, inputs: {}, parameters: { until: Schema.DateFromString }, outputs, run })
  // @ts-expect-error: an output is one artifact
  stage({ name, inputs: {}, parameters: {}, outputs: { scores: many(Scores) }, run })
})

test("the compiler refuses exactly what is marked in this file", () => {
  expect(problemsIn(import.meta.filename)).toEqual([])
})
