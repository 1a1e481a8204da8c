import { Schema } from "effect"
import { expect, test } from "vitest"
import { files, many, type PluginDeclaration, pipeline, plugin, pluginParameter, stage } from "../../dsl/index.ts"
import { withDefault } from "../../learning/parameter.ts"
import { GoldJudge, ipo, loss, optimizeOnline, ProxyJudge, scorer } from "../../learning/stages.ts"

const run = () => import("./fixtures/implementation.ts")
const Out = files("out")
const reward = plugin({ kind: "reward", name: "length", parameters: { scale: Schema.Finite }, run })
const train = stage({
  name: "train",
  inputs: {},
  parameters: { reward: pluginParameter("reward"), more: withDefault(Schema.Array(pluginParameter("reward")), []) },
  outputs: { out: Out },
  run,
})

const placesOf = (returned: unknown) =>
  pipeline("p", () => returned).graph.stages.map(({ declaration, plugins }) => [
    declaration.name,
    plugins.map(({ place, declaration: { name } }) => `${place.join(".")}: ${name}`),
  ])

test("a stage's parameters hold a plugin as data, and its code beside them", () => {
  const { graph } = pipeline("p", () => train({ reward: reward({ scale: 2 }), more: [reward({ scale: 3 })] }))
  expect(graph.stages[0]?.parameters).toEqual({ reward: { _tag: "length", scale: 2 }, more: [{ _tag: "length", scale: 3 }] })
  expect(placesOf(train({ reward: reward({ scale: 2 }), more: [reward({ scale: 3 })] }))).toEqual([
    ["train", ["more.0: length", "reward: length"]],
  ])
})

test("nothing but a plugin of the kind is taken for one", () => {
  // @ts-expect-error: a loss is not a reward
  expect(() => train({ reward: ipo({ beta: 1 }) })).toThrow(/^stage train: .*a reward/s)
  // @ts-expect-error: its data alone have no code
  expect(() => train({ reward: { _tag: "length", scale: 2 } })).toThrow(/a reward/)
  // @ts-expect-error: a plugin without its parameters
  expect(() => train({ reward })).toThrow(/a reward/)
  // @ts-expect-error: a parameter of another type
  expect(() => reward({ scale: "2" })).toThrow(/^reward length: .*scale/s)
  // @ts-expect-error: an unknown parameter
  expect(() => reward({ scale: 2, shift: 1 })).toThrow(/^reward length: .*shift/s)
})

test("equal plugins make one stage, and plugins of one name with other code make two", () => {
  const namesake = plugin({ kind: "reward", name: "length", parameters: { scale: Schema.Finite }, run: async () => ({}) })
  const stages = (...rewards: ReadonlyArray<Parameters<typeof train>[0]["reward"]>) =>
    pipeline("p", () => rewards.map((each) => train({ reward: each }))).graph.stages.length
  expect(stages(reward({ scale: 2 }), reward({ scale: 2 }))).toBe(1)
  expect(stages(reward({ scale: 2 }), reward({ scale: 3 }))).toBe(2)
  expect(stages(reward({ scale: 2 }), namesake({ scale: 2 }))).toBe(2)
})

test("an artifact brings the plugin that reads it, and those of the artifacts in its folders, to every port", () => {
  const inner = scorer({ name: "inner", judge: ProxyJudge, run })
  const outer = scorer({ name: "outer", judge: GoldJudge, inputs: { model: ProxyJudge }, run })
  const use = stage({ name: "use", inputs: { judge: GoldJudge, others: many(ProxyJudge) }, parameters: {}, outputs: { out: Out }, run })
  expect(placesOf(use({ judge: outer({ model: inner() }), others: { a: inner() } }))).toEqual([
    ["inner", []],
    ["outer", []],
    ["use", ["judge: outer", "judge.model: inner", "others.0: inner"]],
  ])
})

test("an output has the plugin that was passed to its stage, hands on that of an input, or carries it for its own", () => {
  const rewards = withDefault(Schema.NullOr(pluginParameter("reward")), null)
  const read = stage({
    name: "read",
    inputs: {},
    parameters: { reward: rewards },
    outputs: { out: Out },
    plugins: { out: { parameter: "reward" } },
    run,
  })
  const tune = stage({
    name: "tune",
    inputs: { from: Out },
    parameters: {},
    outputs: { out: Out },
    plugins: { out: { like: "from" } },
    run,
  })
  const judge = scorer({ name: "inner", run }).declaration.plugins.judge?.plugin as PluginDeclaration
  const model = stage({
    name: "model",
    inputs: { base: Out },
    parameters: {},
    outputs: { judge: GoldJudge },
    plugins: { judge: { plugin: judge, carries: ["base"] } },
    run,
  })
  const use = stage({ name: "use", inputs: { judge: GoldJudge }, parameters: {}, outputs: { out: Out }, run })
  const made = (passed?: ReturnType<typeof reward>) =>
    use({ judge: model({ base: tune({ from: tune({ from: read({ reward: passed ?? null }) }) }) }) })
  const sorted = (returned: unknown) => [...placesOf(returned)].sort()
  expect(sorted(made(reward({ scale: 2 })))).toEqual([
    ["model", ["base: length"]],
    ["read", ["reward: length"]],
    ["tune", ["from: length"]],
    ["tune", ["from: length"]],
    ["use", ["judge: inner", "judge.base: length"]],
  ])
  expect(sorted(made())).toEqual([
    ["model", []],
    ["read", []],
    ["tune", []],
    ["tune", []],
    ["use", ["judge: inner"]],
  ])
  const missing = { name: "tune", inputs: {}, parameters: {}, outputs: { out: Out }, plugins: { out: { like: "from" } }, run } as const
  expect(() => stage(missing)).toThrow('the plugin of "out" names the input "from", which is not declared')
})

test("a proxy of one's own is a proxy, and a gold judge of one's own is not", () => {
  const [gold, proxy] = [scorer({ name: "mine", judge: GoldJudge, run }), scorer({ name: "mine", judge: ProxyJudge, run })]
  const learn = (judge: ReturnType<typeof proxy>) => () =>
    optimizeOnline({ reference: {} as never, prompts: {} as never, judge, loss: ipo({ beta: 1 }), steps: 1, seed: 1 })
  // @ts-expect-error: an online learner is never handed the gold judge
  expect(learn(gold())).toThrow()
  const outputs = (judge: ReturnType<typeof gold> | ReturnType<typeof proxy>) =>
    pipeline("p", () => ({ judge })).graph.stages[0]?.declaration.outputs
  expect(outputs(proxy())).toEqual({ judge: ProxyJudge })
  const unsaid: ReturnType<typeof gold> = scorer({ name: "mine", run })()
  expect(outputs(unsaid)).toEqual({ judge: GoldJudge })
  // @ts-expect-error: a judge is one of the two
  expect(() => scorer({ name: "mine", judge: Out, run })).toThrow("scorer mine: judge is out: expected GoldJudge or ProxyJudge")
})

test("declarations that make no sense are refused", () => {
  const declare = (options: object) => () => loss({ name: "mine", parameters: {}, run, ...options })
  expect(declare({ name: "two words" })).toThrow('a loss cannot be named "two words"')
  expect(declare({ run: undefined })).toThrow("loss mine has no implementation")
  expect(declare({ parameters: { _tag: Schema.String } })).toThrow('loss mine: a parameter cannot be named "_tag"')
  expect(declare({ readsAs: "v1" })).toThrow('loss mine: readsAs is "v1", but reads is empty')
  expect(declare({ reads: ["internet"] })).toThrow('loss mine: reads contains "internet"')
  const nested = plugin({ kind: "reward", name: "nested", parameters: { inner: pluginParameter("reward") }, run })
  expect(() => nested({ inner: reward({ scale: 1 }) })).toThrow("a plugin cannot be a parameter of another plugin")
  const options = { name: "s", inputs: {}, parameters: {}, outputs: { out: Out }, run } as const
  expect(() => stage({ ...options, plugins: { other: { plugin: reward.declaration } } as never })).toThrow('plugins has "other"')
  expect(() => stage({ ...options, plugins: { out: { plugin: reward.declaration, inputs: ["model"] } } })).toThrow(
    'names the input "model"',
  )
})

test("a record that contains itself is refused, plugins or not", () => {
  const loop: Record<string, unknown> = {}
  loop.self = loop
  const any = stage({ name: "any", inputs: {}, parameters: { value: Schema.Unknown as never }, outputs: { out: Out }, run })
  expect(() => (any as (options: object) => unknown)({ value: loop })).toThrow(/^stage any: parameter value.self/)
})
