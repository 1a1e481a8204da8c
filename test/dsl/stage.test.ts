import { Schema } from "effect"
import { expect, test } from "vitest"
import { DeclarationError, pipeline, stage } from "../../dsl/index.ts"
import { corpus, figure, label, optimize, Policy, sft } from "./fixtures/stages.ts"

const task = corpus({ task: "sentiment" })
const reference = sft({ prompts: task.prompts, steps: 10, seed: 1 })
const pairs = label({ policy: reference, judge: task.gold })

const parametersOf = (returned: unknown) => pipeline("parameters", () => returned).graph.stages.at(-1)?.parameters

test("parameters are kept with their defaults filled in", () => {
  expect(parametersOf(optimize({ reference, pairs, beta: 0.5 }))).toEqual({ beta: 0.5, rate: 0.001 })
})

test("a parameter that is written in another form is kept as what it means, so that two spellings are one stage", () => {
  const trained = stage({
    name: "trained",
    inputs: {},
    parameters: { steps: Schema.NumberFromString },
    outputs: { policy: Policy },
    run: () => import("./fixtures/implementation.ts"),
  })
  expect(parametersOf(trained({ steps: "1e2" }))).toEqual({ steps: 100 })
  expect(pipeline("spellings", () => [trained({ steps: "1e2" }), trained({ steps: "100" })]).graph.stages).toHaveLength(1)
})

test.each([
  ["beta of zero", () => optimize({ reference, pairs, beta: 0 }), /^stage optimize: .*greater than 0.*beta/s],
  ["beta that is no number", () => optimize({ reference, pairs, beta: Number.NaN }), /^stage optimize: .*beta/s],
  ["no steps", () => sft({ prompts: task.prompts, steps: 0, seed: 1 }), /^stage sft: .*greater than 0.*steps/s],
  ["half a step", () => sft({ prompts: task.prompts, steps: 1.5, seed: 1 }), /^stage sft: .*steps/s],
])("a parameter out of range is refused, with stage and parameter: %s", (_, declare, message) => {
  expect(declare).toThrow(DeclarationError)
  expect(declare).toThrow(message)
})

test("every wrong parameter is named at once", () => {
  expect(() => sft({ prompts: task.prompts, steps: 0, seed: 0.5 })).toThrow(/steps.*seed/s)
})

test("a collection without an artifact of the type is refused", () => {
  expect(() => figure({ scores: {} })).toThrow('stage figure: "scores" wants scores, and there is none in what it was given')
})

test("one name for an input and a parameter is refused", () => {
  const run = () => import("./fixtures/implementation.ts")
  expect(() =>
    stage({ name: "clash", inputs: { policy: Policy }, parameters: { policy: Schema.Int }, outputs: { out: Policy }, run }),
  ).toThrow('stage clash: "policy" is both an input and a parameter')
})

test("a stage without an output is refused", () => {
  const run = () => import("./fixtures/implementation.ts")
  expect(() => stage({ name: "mute", inputs: {}, parameters: {}, outputs: {}, run })).toThrow("stage mute: declares no output")
})
