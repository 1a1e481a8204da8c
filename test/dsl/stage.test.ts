import { Schema } from "effect"
import fc from "fast-check"
import { expect, test } from "vitest"
import { canonicalJson, type Json } from "../../dsl/canonical.ts"
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

/** Takes whatever it is given. */
const free: (given: object) => unknown = stage({
  name: "free",
  inputs: {},
  parameters: {
    value: Schema.Unknown as Schema.Codec<Json, unknown>,
    other: Schema.optionalKey(Schema.Int) as Schema.Codec<Json, unknown>,
  },
  outputs: { policy: Policy },
  run: () => import("./fixtures/implementation.ts"),
} as never) as never

test("a stage is handed what its key stands for: of equal keys, values that look the same in every respect", () => {
  // A parameter with this key is refused.
  const key = fc.string().filter((name) => name !== "__proto__")
  fc.assert(
    fc.property(
      fc.dictionary(key, fc.oneof(fc.constantFrom(-0, undefined), fc.integer(), fc.string()), { noNullPrototype: true }),
      (value) => {
        const parameters = parametersOf(free({ value }))
        expect(JSON.stringify(parameters)).toBe(JSON.stringify(JSON.parse(canonicalJson(parameters))))
        expect(Object.is((parametersOf(free({ value: -0 })) as { value: number }).value, 0)).toBe(true)
        const shuffled = Object.fromEntries(Object.entries(value).reverse())
        expect(JSON.stringify(parametersOf(free({ value: shuffled })))).toBe(JSON.stringify(parameters))
      },
    ),
  )
  expect(Object.keys(parametersOf(free({ other: undefined, value: { b: undefined } })) ?? {})).toEqual(["value"])
})

test("the order in which parameters are declared is not seen by the stage, as it is not in the key", () => {
  const options = { name: "ordered", inputs: {}, outputs: { policy: Policy }, run: () => import("./fixtures/implementation.ts") }
  const one = stage({ ...options, parameters: { a: Schema.Int, b: Schema.Int } })
  const other = stage({ ...options, parameters: { b: Schema.Int, a: Schema.Int } })
  expect(Object.keys(parametersOf(other({ a: 1, b: 2 })) ?? {})).toEqual(Object.keys(parametersOf(one({ b: 2, a: 1 })) ?? {}))
})

test.each([
  ["a Date", Schema.Date, new Date(0), "an instance of Date"],
  ["a RegExp", Schema.RegExp, /a/, "an instance of RegExp"],
  ["a map", Schema.ReadonlyMap(Schema.String, Schema.Int), new Map(), "an instance of Map"],
  ["bytes", Schema.Uint8Array, new Uint8Array(1), "an instance of Uint8Array"],
  ["a bigint", Schema.BigInt, 1n, "a bigint"],
])("a parameter that JSON cannot hold is refused with what to write instead: %s", (_, schema, value, what) => {
  const since = stage({
    name: "since",
    inputs: {},
    parameters: { since: Schema.Struct({ from: schema as never }) as Schema.Codec<Json, unknown> },
    outputs: { policy: Policy },
    run: () => import("./fixtures/implementation.ts"),
  })
  expect(() => since({ since: { from: value } })).toThrow(DeclarationError)
  expect(() => since({ since: { from: value } })).toThrow(`stage since: parameter since.from: JSON cannot hold ${what}`)
})

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e9])("%d retries are refused", (retries) => {
  const run = () => import("./fixtures/implementation.ts")
  expect(() => stage({ name: "again", inputs: {}, parameters: {}, outputs: { out: Policy }, retries, run })).toThrow(
    `stage again: retries is ${retries}: expected an integer from 0 to 1000`,
  )
})

test("a stage without an implementation is refused", () => {
  expect(() => stage({ name: "bare", inputs: {}, parameters: {}, outputs: { out: Policy } } as never)).toThrow(
    'stage bare has no implementation: write `run: () => import("./file.ts")`',
  )
})

test.each([
  ["beta of zero", () => optimize({ reference, pairs, beta: 0 }), /^stage optimize: .*greater than 0.*beta/s],
  ["beta that is not a number", () => optimize({ reference, pairs, beta: Number.NaN }), /^stage optimize: .*beta/s],
  ["no steps", () => sft({ prompts: task.prompts, steps: 0, seed: 1 }), /^stage sft: .*greater than 0.*steps/s],
  ["half a step", () => sft({ prompts: task.prompts, steps: 1.5, seed: 1 }), /^stage sft: .*steps/s],
])("a parameter out of range is refused, with stage and parameter: %s", (_, declare, message) => {
  expect(declare).toThrow(DeclarationError)
  expect(declare).toThrow(message)
})

test("every wrong parameter is named at once", () => {
  expect(() => sft({ prompts: task.prompts, steps: 0, seed: 0.5 })).toThrow(/steps.*seed/s)
})

test("parameters that do not go together are refused, with the stage's own words; each alone is not", () => {
  const drawn = stage({
    name: "drawn",
    inputs: {},
    parameters: { count: Schema.optionalKey(Schema.Int), share: Schema.optionalKey(Schema.Finite) },
    outputs: { policy: Policy },
    refuses: ({ count, share }) =>
      count !== undefined && share !== undefined ? `count is ${count} and share ${share}: give one` : undefined,
    run: () => import("./fixtures/implementation.ts"),
  })
  expect(() => drawn({ count: 1, share: 0.5 })).toThrow(
    new DeclarationError({ message: "stage drawn: count is 1 and share 0.5: give one" }),
  )
  expect(() => drawn.declaration.readParameters({ count: 1, share: 0.5 })).toThrow(DeclarationError)
  expect(parametersOf(drawn({ count: 1 }))).toEqual({ count: 1 })
  expect(() => drawn({ count: 0.5, share: 1 })).toThrow(/count/)
})

test("a collection without an artifact of the type is refused", () => {
  expect(() => figure({ scores: {} })).toThrow('stage figure: "scores" expects at least one artifact of type scores, got none')
})

test("one name for an input and a parameter is refused", () => {
  const run = () => import("./fixtures/implementation.ts")
  expect(() =>
    stage({ name: "clash", inputs: { policy: Policy }, parameters: { policy: Schema.Int }, outputs: { out: Policy }, run }),
  ).toThrow('stage clash: "policy" is both an input and a parameter')
})

test("a stage without an output is refused", () => {
  const run = () => import("./fixtures/implementation.ts")
  expect(() => stage({ name: "mute", inputs: {}, parameters: {}, outputs: {}, run })).toThrow("stage mute has no outputs")
})
