import * as fs from "node:fs"
import { Effect } from "effect"
import { describe, expect, test } from "vitest"
import { diff, loadPipeline, plan, type RunRecord, Runs, why, withParameter } from "../../../runtime/index.ts"
import { type Project, toyProject } from "../project.ts"

const loaded = (toy: Project) => loadPipeline(`${toy.root}/pipeline.ts`)

const runs = (toy: Project): Promise<ReadonlyArray<RunRecord>> => toy.provided(Effect.flatMap(Runs, ({ all }) => all))

const planSet = (toy: Project, assignment: string) =>
  toy.provided(
    loaded(toy).pipe(
      Effect.flatMap((pipeline) => withParameter(pipeline, assignment)),
      Effect.flatMap(plan),
    ),
  )

test("a touched comment is named as no cause, and so is every component that is what it was", async () => {
  const toy = toyProject()
  await toy.run()
  toy.edit("arithmetic/power.ts", "/** A private helper. */", "/** Multiplies. */")
  const explain = (id: string) => toy.provided(Effect.flatMap(loaded(toy), (pipeline) => why(pipeline, id)))
  expect(await explain("arms.seed=1.squared")).toMatchObject({ verdict: "cached", harmless: ["arithmetic/power.ts"] })
  toy.edit("pipeline.ts", "digits: 3", "digits: 4")
  const summary = await explain("summary")
  expect(summary.because.map(({ component }) => component)).toEqual(["parameters.digits"])
  expect(summary.harmless).toEqual(["arithmetic/power.ts"])
  expect(summary.same).toEqual(["format", "stage", "code", "packages", "inputs.parts", "inputs.note", "schemas"])
})

test("a stage that never ran under its id is compared with the one most like it", async () => {
  const toy = toyProject()
  await toy.run()
  toy.edit("pipeline.ts", "const arms = sweep", "const trials = sweep")
  toy.edit("pipeline.ts", "return { arms, summary: summarise({ parts: arms,", "return { trials, summary: summarise({ parts: trials,")
  toy.edit("pipeline.ts", "count: 20", "count: 30")
  const { stages } = await toy.plan()
  for (const seed of [1, 2]) {
    const because = stages.find(({ id }) => id === `trials.seed=${seed}.drawn`)?.because
    expect(because).toMatchObject([{ component: "parameters.count", before: 20, after: 30 }])
  }
})

test("plan as if a parameter were another: by id for one stage, by declaration for all, and nothing is changed by asking", async () => {
  const toy = toyProject()
  await toy.run()
  const one = await planSet(toy, "arms.seed=1.drawn.count=30")
  expect(Object.fromEntries(one.stages.map(({ id, verdict }) => [id, verdict]))).toEqual({
    "arms.seed=1.drawn": "run",
    "arms.seed=1.squared": "unknown",
    "arms.seed=2.drawn": "cached",
    "arms.seed=2.squared": "cached",
    summary: "unknown",
  })
  expect(one.stages.find(({ id }) => id === "summary")?.because).toMatchObject([{ component: "inputs.parts", root: "arms.seed=1.drawn" }])
  expect(one.stages.every(({ seconds }) => seconds !== null)).toBe(true)
  const all = await planSet(toy, "draw.count=30")
  expect(all.stages.filter(({ verdict }) => verdict === "run").map(({ id }) => id)).toEqual(["arms.seed=1.drawn", "arms.seed=2.drawn"])
  expect((await planSet(toy, "draw.count=20")).stages.every(({ verdict }) => verdict === "cached")).toBe(true)
  expect((await toy.plan()).stages.every(({ verdict }) => verdict === "cached")).toBe(true)
})

test.each([
  ["drow.count=3", "did you mean draw?"],
  ["draw.count=many", "Expected"],
  ["draw.cuont=3", "cuont"],
])("an assignment that makes no sense is refused: %s", async (assignment, hint) => {
  await expect(planSet(toyProject(), assignment)).rejects.toMatchObject({ _tag: "BadParameter", message: expect.stringContaining(hint) })
})

test("two runs are proved to differ in one input, and in what it passed on to", async () => {
  const toy = toyProject()
  await toy.run()
  toy.edit("pipeline.ts", "count: 20", "count: 21")
  await toy.run()
  const [after, before] = (await runs(toy)) as [RunRecord, RunRecord]
  const found = await toy.provided(diff(before, after))
  expect(found.different.filter(({ own }) => own.length > 0)).toEqual(
    ["arms.seed=1.drawn", "arms.seed=2.drawn"].map((id) => ({
      id,
      stage: "draw",
      own: [{ component: "parameters.count", before: 20, after: 21 }],
      through: [],
    })),
  )
  expect(found.different.find(({ id }) => id === "summary")?.through).toEqual([
    { component: "inputs.parts", from: ["arms.seed=1.drawn", "arms.seed=1.squared", "arms.seed=2.drawn", "arms.seed=2.squared"] },
  ])
  expect([found.same, found.onlyBefore, found.onlyAfter, found.unproven]).toEqual([[], [], [], []])
})

test("an artifact exchanged for another of the same type is a difference of wiring, and the only one", async () => {
  const toy = toyProject()
  await toy.run()
  toy.edit("pipeline.ts", "square({ numbers: drawn })", "square({ numbers: square({ numbers: drawn }) })")
  await toy.run()
  const [after, before] = (await runs(toy)) as [RunRecord, RunRecord]
  const found = await toy.provided(diff(before, after))
  expect(found.same).toEqual(["arms.seed=1.drawn", "arms.seed=2.drawn"])
  expect(found.different.filter(({ own }) => own.length > 0).map(({ id, own }) => [id, own.map(({ component }) => component)])).toEqual([
    ["arms.seed=1.squared", ["inputs.numbers"]],
    ["arms.seed=2.squared", ["inputs.numbers"]],
  ])
  expect(found.onlyAfter).toEqual(["arms.seed=1.squared.numbers", "arms.seed=2.squared.numbers"])
})

test("a run differs from itself in nothing, and where a result is gone, that is said", async () => {
  const toy = toyProject()
  await toy.run()
  const [record] = (await runs(toy)) as [RunRecord]
  expect((await toy.provided(diff(record, record))).same).toHaveLength(5)
  const lost = { ...record, stages: record.stages.map((stage) => (stage.id === "summary" ? { ...stage, key: "0".repeat(64) } : stage)) }
  const found = await toy.provided(diff(lost, record))
  expect(found.unproven.map(({ id }) => id)).toEqual(["summary"])
})

/** The causes of each stage that would run, by its id. */
const causesBy = async (toy: Project) => {
  const { stages } = await toy.plan()
  return Object.fromEntries(stages.flatMap(({ id, because }) => (because.length === 0 ? [] : [[id, because]])))
}

test("an edit of code is one cause, with the files that were edited, also where two runs are compared", async () => {
  const toy = toyProject()
  await toy.run()
  toy.edit("arithmetic/power.ts", "left * right", "left * right * 1")
  const causes = await causesBy(toy)
  expect(causes["arms.seed=1.squared"]).toMatchObject([{ component: "code", root: "arms.seed=1.squared", files: ["arithmetic/power.ts"] }])
  expect(causes["arms.seed=1.squared"]).toHaveLength(1)
  await toy.run()
  const [after, before] = (await runs(toy)) as [RunRecord, RunRecord]
  const { different } = await toy.provided(diff(before, after))
  expect(different.find(({ id }) => id === "arms.seed=1.squared")?.own).toMatchObject([
    { component: "code", files: ["arithmetic/power.ts"] },
  ])
})

test("a package that code asks for since an edit is no cause beside the edit; another version of one is, by its name", async () => {
  const toy = toyProject()
  toy.write("node_modules/more/package.json", JSON.stringify({ name: "more", version: "2.0.0", main: "index.js" }))
  toy.write("node_modules/more/index.js", "exports.more = 1\n")
  await toy.run()
  const square = fs.readFileSync(`${toy.root}/square.ts`, "utf8")
  toy.write("square.ts", `import { more } from "more"\n${square.replace("power(value)", "power(value) * more")}`)
  const edited = await causesBy(toy)
  expect(edited["arms.seed=1.squared"]).toMatchObject([{ component: "code", files: ["square.ts"] }])
  toy.write("square.ts", square)
  const manifest = JSON.parse(fs.readFileSync(`${toy.root}/node_modules/toy-package/package.json`, "utf8"))
  toy.write("node_modules/toy-package/package.json", JSON.stringify({ ...manifest, version: "1.1.0" }))
  const upgraded = await causesBy(toy)
  expect(upgraded.summary?.map(({ component }) => component)).toEqual(["packages.toy-package"])
})

test("a stage that cannot be cached runs for that reason alone", async () => {
  const toy = toyProject()
  toy.edit("square.ts", "power(value)", "power(value) + Number(process.env.NONE === 'a')")
  await toy.run()
  expect((await causesBy(toy))["arms.seed=1.squared"]).toMatchObject([{ component: "not cacheable" }])
  toy.edit("square.ts", "process.env.NONE", "process.env.OTHER")
  expect((await causesBy(toy))["arms.seed=1.squared"]).toMatchObject([
    { component: "not cacheable" },
    { component: "code", files: ["square.ts"] },
  ])
})

test("a point that a sweep gains or loses is one cause of what collects it, and no other arm is blamed", async () => {
  const toy = toyProject()
  await toy.run()
  const undo = toy.edit("pipeline.ts", "[1, 2]", "[1, 2, 3]")
  expect((await causesBy(toy)).summary).toMatchObject([{ component: "inputs.parts", before: null, after: null, root: "arms.seed=3.drawn" }])
  undo()
  toy.edit("pipeline.ts", "[1, 2]", "[2]")
  const lost = (await causesBy(toy)).summary ?? []
  expect(lost).toMatchObject([{ component: "inputs.parts", after: null, root: "summary" }])
})

describe("a result that was there is never said not to have run", () => {
  const manifestOf = async (toy: Project, id: string) => {
    const [record] = (await runs(toy)) as [RunRecord]
    const key = record.stages.find((stage) => stage.id === id)?.key ?? ""
    return `${toy.store}/results/${key.slice(0, 2)}/${key}.json`
  }

  test.each([
    ["its record is gone", (file: string) => fs.rmSync(file), "result gone"],
    ["its record is cut short", (file: string) => fs.truncateSync(file, 100), "result damaged"],
  ])("%s", async (_, damage, component) => {
    const toy = toyProject()
    await toy.run()
    damage(await manifestOf(toy, "arms.seed=1.drawn"))
    const { stages } = await toy.plan()
    const drawn = stages.find(({ id }) => id === "arms.seed=1.drawn")
    expect(drawn?.because).toEqual([{ component, before: null, after: null, root: "arms.seed=1.drawn" }])
    expect(drawn?.remarks).toHaveLength(component === "result damaged" ? 1 : 0)
    expect(stages.find(({ id }) => id === "summary")?.because).toMatchObject([{ component: "inputs.parts", root: "arms.seed=1.drawn" }])
  })

  test("and is not taken for another's, where it would also have changed", async () => {
    const toy = toyProject()
    await toy.run()
    fs.rmSync(await manifestOf(toy, "arms.seed=1.drawn"))
    toy.edit("pipeline.ts", "count: 20", "count: 21")
    const causes = await causesBy(toy)
    expect(causes["arms.seed=1.drawn"]).toMatchObject([{ component: "result gone" }])
    expect(causes["arms.seed=2.drawn"]).toMatchObject([{ component: "parameters.count" }])
  })
})
