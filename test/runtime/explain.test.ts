import { Effect } from "effect"
import { expect, test } from "vitest"
import { diff, loadPipeline, plan, type RunRecord, Store, why, withParameter } from "../../runtime/index.ts"
import { type Project, toyProject } from "./project.ts"

const loaded = (toy: Project) => loadPipeline(`${toy.root}/pipeline.ts`)

const runs = (toy: Project): Promise<ReadonlyArray<RunRecord>> => toy.provided(Effect.flatMap(Store, (store) => store.runs))

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
