/** A stage's plugins are part of it: of its key, of why it runs, and of its rights. */

import { Effect } from "effect"
import { beforeAll, describe, expect, test } from "vitest"
import { readRows } from "../../data/parquet/index.ts"
import { preferences } from "../../data/schema/index.ts"
import { diff, loadPipeline, Results, Runs } from "../../runtime/index.ts"
import { withParameter } from "../../runtime/plan/set.ts"
import { type Project, project } from "../runtime/project.ts"

const declarations = `
import { plugin, pluginParameter, files, Schema, stage } from "assay"
import { GoldJudge, scorer, label, relabel } from "assay/stages"
export const reward = plugin({ kind: "reward", name: "length", parameters: { scale: Schema.Finite }, run: () => import("./reward.ts") })
export const greedy = plugin({ kind: "reward", name: "greedy", parameters: {}, run: () => import("./greedy.ts") })
export const train = stage({
  name: "train", inputs: {}, parameters: { n: Schema.Int, reward: pluginParameter("reward") }, outputs: { out: files("out") }, run: () => import("./train.ts"),
})
export const model = stage({
  name: "model", inputs: {}, parameters: {}, outputs: { model: files("model") },
  plugins: { model: { plugin: reward.declaration } }, run: () => import("./model.ts"),
})
export const use = stage({ name: "use", inputs: { model: files("model") }, parameters: {}, outputs: { out: files("out") }, run: () => import("./use.ts") })
`

const files = {
  "stages.ts": declarations,
  "helper.ts": "/** Adds. */\nexport const add = (a, b) => a + b\n",
  "reward.ts": 'import { add } from "./helper.ts"\nexport const run = (value, { scale }) => scale * add(value, 1)\n',
  "greedy.ts": "export const run = (value) => value * 100\n",
  "train.ts": `
export const run = async ({ parameters, outputs, plugin }) => {
  const reward = await plugin("reward")
  await outputs.out.write("out.txt", String(reward(parameters.n, parameters.reward)))
}`,
  "model.ts": 'export const run = async ({ outputs }) => outputs.model.write("scale.txt", "5")\n',
  "use.ts": `
export const run = async ({ inputs, outputs }) => {
  const reward = await inputs.model.plugin()
  const scale = Number(new TextDecoder().decode(await inputs.model.read("scale.txt")))
  await outputs.out.write("out.txt", String(reward(1, { scale })))
}`,
  "pipeline.ts": `
import { pipeline } from "assay"
import { greedy, model, reward, train, use } from "./stages.ts"
export default pipeline("plugins", () => ({
  a: train({ n: 1, reward: reward({ scale: 2 }) }),
  b: train({ n: 2, reward: greedy() }),
  c: use({ model: model({}) }),
}))`,
}

const verdictsOf = async (toy: Project) =>
  Object.fromEntries(
    (await toy.plan()).stages.map(({ id, verdict, because }) => [
      id,
      verdict === "cached" ? verdict : because.map(({ component, files = [] }) => [component, ...files].join(" ")),
    ]),
  )

const cached = { a: "cached", b: "cached", c: "cached", "c.model": "cached" }

describe("the code of a plugin", () => {
  let toy: Project
  beforeAll(async () => {
    toy = project(files)
    const { failures } = await toy.run()
    expect(failures).toEqual([])
  })
  const verdictsAfter = async (file: string, from: string, to: string) => {
    const undo = toy.edit(file, from, to)
    const verdicts = await verdictsOf(toy)
    undo()
    return verdicts
  }

  test("reruns the stages that take it, whether as a parameter or with an artifact, and nothing else", async () => {
    expect(await verdictsAfter("reward.ts", "scale * add", "scale + add")).toEqual({
      ...cached,
      a: ["plugins.reward reward.ts"],
      c: ["plugins.model reward.ts"],
    })
    expect(await verdictsAfter("helper.ts", "a + b", "a - b")).toEqual({
      ...cached,
      a: ["plugins.reward helper.ts"],
      c: ["plugins.model helper.ts"],
    })
    expect(await verdictsAfter("greedy.ts", "100", "1000")).toEqual({ ...cached, b: ["plugins.reward greedy.ts"] })
  })

  test("reruns nothing by a comment, or the name of a local", async () => {
    expect(await verdictsAfter("helper.ts", "/** Adds. */", "/** Adds two. */")).toEqual(cached)
    expect(await verdictsAfter("helper.ts", "(a, b) => a + b", "(one, two) => one + two")).toEqual(cached)
  })

  test("is apart from the stage's own, and from its parameters", async () => {
    expect(await verdictsAfter("train.ts", "String(reward", '"" + String(reward')).toEqual({
      ...cached,
      a: ["code train.ts"],
      b: ["code train.ts"],
    })
    expect(await verdictsAfter("pipeline.ts", "scale: 2", "scale: 3")).toEqual({ ...cached, a: ["parameters.reward.scale"] })
    expect(await verdictsAfter("pipeline.ts", "reward: greedy()", "reward: reward({ scale: 1 })")).toEqual({
      ...cached,
      b: ["plugins.reward", "parameters.reward._tag", "parameters.reward.scale"],
    })
  })

  test("is named by its files where two runs differ in it; of another plugin in its place no file was edited", async () => {
    const other = project(files)
    await other.run()
    other.edit("helper.ts", "a + b", "a - b")
    other.edit("pipeline.ts", "reward: greedy()", "reward: reward({ scale: 1 })")
    await other.run()
    const [after, before] = await other.provided(Effect.flatMap(Runs, ({ all }) => all))
    if (after === undefined || before === undefined) throw new Error("expected two runs")
    const { different } = await other.provided(diff(before, after))
    const changes = Object.fromEntries(
      different.map(({ id, own }) => [
        id,
        own.flatMap(({ component, files }) => (files === undefined ? [] : [[component, ...files].join(" ")])),
      ]),
    )
    expect(changes).toEqual({ a: ["plugins.reward helper.ts"], b: ["plugins.reward"], c: ["plugins.model helper.ts"] })
  })

  test("stays, where --set changes a parameter of it; another plugin cannot be named so", async () => {
    const set = (assignment: string) =>
      toy.provided(
        Effect.gen(function* () {
          const { graph } = yield* withParameter(yield* loadPipeline(`${toy.root}/pipeline.ts`), assignment)
          return graph.stages.find(({ id }) => id === "a")?.parameters
        }),
      )
    expect(await set('a.reward={"scale":7}')).toEqual({ n: 1, reward: { _tag: "length", scale: 7 } })
    expect(await set("a.n=4")).toEqual({ n: 4, reward: { _tag: "length", scale: 2 } })
    await expect(set('a.reward={"_tag":"greedy"}')).rejects.toThrow(/the reward is length; another one is code/)
    await expect(set("a.reward=greedy")).rejects.toThrow(/a reward/)
  })
})

test("a plugin that is not there, or that a module does not export, is an error that says so", async () => {
  const toy = project(files)
  toy.edit("greedy.ts", "export const run", "export const walk")
  await expect(toy.plan()).rejects.toThrow(/reward greedy: .*greedy\.ts does not export "run"/)
  const none = project({ ...files, "train.ts": 'export const run = async ({ plugin }) => { await plugin("loss") }\n' })
  const { failures } = await none.run()
  expect(failures.find(({ id }) => id === "a")?.message).toMatch(/there is no plugin at "loss": there are reward/)
})

const judged = (scorer: string, options = "") => ({
  "judge.ts": `
import { GoldJudge, scorer } from "assay/stages"
export const mine = scorer({ name: "mine", judge: GoldJudge, ${options} run: () => import("./mine.ts") })`,
  "mine.ts": scorer,
  "pairs.jsonl": '{"prompt":"It is","chosen":" good.","rejected":" very bad."}\n',
  "pipeline.ts": `
import { file, pipeline } from "assay"
import { importPreferences, relabel, vader } from "assay/stages"
import { mine } from "./judge.ts"
const preferences = importPreferences({ file: file("pairs.jsonl"), format: "trl" })
export default pipeline("judged", () => ({ mine: relabel({ preferences, judge: mine() }), shipped: relabel({ preferences, judge: vader() }) }))`,
})

describe("a standard stage that is given code from outside", () => {
  test("runs it in a process of its own, which reaches nothing that is not declared", async () => {
    // By a package, whose code is not followed.
    const packaged = (index: string) => ({
      ...judged('import { valueOf } from "outside"\nexport const run = () => ({ score: (all) => Promise.all(all.map(() => valueOf())) })'),
      "node_modules/outside/package.json": '{"name":"outside","version":"1.0.0","main":"index.js"}',
      "node_modules/outside/index.js": `exports.valueOf = ${index}`,
    })
    const failuresOf = async (index: string) => {
      const { failures } = await project(packaged(index), { pool: true }).run()
      return failures.map(({ id, tag }) => `${id}: ${tag}`)
    }
    expect(await failuresOf("() => fetch('http://localhost:9').then(() => 1)")).toEqual(["mine: NetworkDenied"])
    expect(await failuresOf("() => require('node:fs').readFileSync('/etc/hostname').length")).toEqual(["mine: AccessDenied"])
  })

  test("sees nothing of the stages before it, and leaves nothing to those after it", async () => {
    const leak = "export const run = () => ({ score: (all) => all.map(() => (Array.leak = (Array.leak ?? 0) + 1)) })"
    const toy = project(judged(leak), { pool: true, environment: { ASSAY_THREADS: "1" } })
    toy.edit("pipeline.ts", "shipped: relabel({ preferences, judge: vader() })", "again: relabel({ preferences, judge: mine(), seed: 1 })")
    const { stages } = await toy.run()
    const [mine, again] = ["mine", "again"].map((id) => stages.find((stage) => stage.id === id)?.key)
    expect(mine).not.toBe(again)
    const outputs = await toy.provided(
      Effect.gen(function* () {
        const results = yield* Results
        const digests = []
        for (const key of [mine, again]) digests.push((yield* results.manifest(key as string))?.outputs.preferences?.digest)
        return digests
      }),
    )
    expect(outputs[0]).toBe(outputs[1])
  })

  test("finds the scorers of judges that a judge is made of, and runs again where one of those is edited", async () => {
    const toy = project({
      ...judged(`
import { readJudge } from "assay/learning"
export const run = async ({ inputs, engine }) => {
  const inner = await readJudge(inputs.inner, engine)
  return { compare: async (pairs) => (await inner.compare(pairs)).map(({ outcome }) => 1 - outcome), isSymmetric: true }
}`),
      "judge.ts": `
import { GoldJudge, scorer } from "assay/stages"
const longer = scorer({ name: "longer", run: () => import("./longer.ts") })
const opposite = scorer({ name: "opposite", inputs: { inner: GoldJudge }, run: () => import("./mine.ts") })
export const mine = () => opposite({ inner: longer() })`,
      "longer.ts": "export const run = () => ({ score: (all) => all.map(({ response }) => response.length) })",
    })
    const { failures, stages } = await toy.run()
    expect(failures).toEqual([])
    const rows = await toy.provided(
      Effect.gen(function* () {
        const results = yield* Results
        const manifest = yield* results.manifest(stages.find(({ id }) => id === "mine")?.key as string)
        const [table] = yield* results.open(manifest as NonNullable<typeof manifest>, "preferences")
        return yield* Effect.promise(() => readRows(table?.path as string, preferences))
      }),
    )
    expect(rows.map(({ chosen }) => chosen)).toEqual([" good."])
    toy.edit("longer.ts", "response.length", "-response.length")
    const { mine } = await verdictsOf(toy)
    expect(mine).toEqual(["plugins.judge.inner longer.ts"])
  })

  test("is not cacheable where that looks outside undeclared, and says whose code does", async () => {
    const toy = project(judged("export const run = () => ({ score: (all) => all.map(() => Math.random()) })"))
    const { stages } = await toy.plan()
    expect(stages.find(({ id }) => id === "mine")?.uncacheable).toEqual(["its scorer mine calls Math.random"])
    expect(stages.find(({ id }) => id === "shipped")?.uncacheable).toEqual([])
  })

  test("may reach what the scorer declares, and is kept where readsAs stands for it", async () => {
    const code = "export const run = () => ({ score: (all) => all.map(({ response }) => response.length + Number(process.env.BONUS)) })"
    const plan = async (options: string) => (await project(judged(code, options)).plan()).stages.find(({ id }) => id === "mine")
    expect((await plan(""))?.uncacheable).toEqual(["its scorer mine reads process.env"])
    expect((await plan('reads: ["env:BONUS"],'))?.uncacheable).toEqual([
      "its scorer mine reads env:BONUS, and no `readsAs` says what stands for that in its key",
    ])
    const kept = await plan('reads: ["env:BONUS"], readsAs: "one",')
    expect(kept?.uncacheable).toEqual([])
    expect(kept?.vector.find(({ component }) => component === "plugins.judge")?.value).toMatchObject({
      reads: ["env:BONUS"],
      readsAs: "one",
    })
  })
})
