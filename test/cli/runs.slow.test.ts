/** `assay runs`, with runs of real processes, and with one of the test's own. */

import { readFile } from "node:fs/promises"
import { hostname } from "node:os"
import { join, resolve } from "node:path"
import { DateTime, Effect, Layer } from "effect"
import { expect, test } from "vitest"
import type { ListedRun } from "../../cli/verbs/runs.ts"
import { Journals, type RunEvent, Settings, storeLayer, Workspace } from "../../runtime/index.ts"
import { newProject, type Project } from "./project.ts"

const listed = async (project: Project, ...flags: ReadonlyArray<string>): Promise<ReadonlyArray<ListedRun>> => {
  const { code, stdout, stderr } = await project.assay(["runs", "--json", ...flags])
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  return JSON.parse(stdout)
}

const text = async (project: Project, ...flags: ReadonlyArray<string>): Promise<string> => (await project.assay(["runs", ...flags])).stdout

/**
 * Looks at a project while a run of this process is in progress there, in which this has happened.
 */
const duringRun = (
  { folder }: Project,
  { run, events }: { readonly run: string; readonly events: ReadonlyArray<RunEvent & { readonly machine?: string }> },
  look: () => Promise<void>,
): Promise<void> => {
  const surroundings = { assayRoot: resolve(import.meta.dirname, "../.."), workingDirectory: folder, environment: {} }
  const services = Layer.provideMerge(Layer.provideMerge(Journals.layer, storeLayer), Settings.layer(surroundings))
  return Effect.gen(function* () {
    yield* (yield* Workspace).present(run)
    const created = DateTime.formatIso(yield* DateTime.now)
    const journal = yield* (yield* Journals).open({
      run,
      pipeline: "study",
      path: join(folder, "study.ts"),
      created,
      wiring: "",
      threads: 2,
    })
    for (const event of events) journal.append(event)
    // The journal is written a few times a second.
    yield* Effect.sleep(500)
    yield* Effect.promise(look)
  }).pipe(Effect.scoped, Effect.provide(services), Effect.runPromise)
}

test("before anything has run there are no runs", async () => {
  const project = await newProject()
  expect(await text(project)).toBe('no pipeline has run here yet: run one with "assay run <file>"\n')
  expect(await text(project, "--running")).toBe("no run is in progress\n")
  expect(await listed(project)).toEqual([])
})

test("runs are listed newest first, with what came of them", async () => {
  const project = await newProject()
  await project.assay(["run", "toy.ts"])
  await project.assay(["run", "toy.ts", "--set", "arms.beta=0.1.offline.beta=500"])
  const [failed, done, ...others] = await listed(project)
  expect(others).toEqual([])
  const ended = { pipeline: "toy", created: expect.any(String), seconds: expect.any(Number), process: null, left: null, computing: [] }
  expect(done).toEqual({
    ...ended,
    run: expect.stringMatching(/r1$/),
    outcome: "done",
    stages: { total: 4, cached: 0, finished: 4, failed: 0, skipped: 0 },
  })
  expect(failed).toEqual({
    ...ended,
    run: expect.stringMatching(/r2$/),
    outcome: "failed",
    stages: { total: 4, cached: 2, finished: 0, failed: 1, skipped: 1 },
  })
  expect(await listed(project, "--limit", "1")).toEqual([failed])
  expect(await listed(project, "--running")).toEqual([])
  const lines = (await text(project)).trimEnd().split("\n")
  expect(lines).toEqual([
    expect.stringMatching(/^run +pipeline +outcome +stages +time$/),
    expect.stringMatching(/^─/),
    expect.stringMatching(/r2 {2}toy +failed +2\/4 +[0-9.]+ s$/),
    "  1 stage failed, 1 skipped",
    expect.stringMatching(/r1 {2}toy +done +4\/4 +[0-9.]+ s$/),
  ])
  const { code, stderr } = await project.assay(["runs", "--limit", "0"])
  expect({ code, stderr }).toEqual({ code: 2, stderr: "assay: --limit is 0: expected an integer of at least 1\n" })
})

test("of a run in progress it says where it runs, and on which machine each stage computes, in 80 columns", async () => {
  const project = await newProject()
  await project.assay(["run", "toy.ts"])
  const run = "2026-01-01T00-00-00.000Z.r1234"
  const long = `arms.${"beta=0.1,".repeat(12)}.policy`
  const events: ReadonlyArray<RunEvent & { readonly machine?: string }> = [
    { type: "run.started", run, pipeline: "study", stages: 6 },
    { type: "stage.cached", id: "text", stage: "corpus", key: "0" },
    { type: "stage.started", id: "judge", stage: "train", key: "1" },
    { type: "stage.finished", id: "judge", stage: "train", key: "1", seconds: 1 },
    // A result that turned out to be damaged is made once more.
    { type: "stage.started", id: "judge", stage: "train", key: "1" },
    { type: "stage.started", id: long, stage: "train", key: "2", machine: "gpu-2" },
    { type: "stage.progress", id: long, stage: "train", step: 3, total: 9, values: { loss: 0.5 } },
    { type: "stage.failed", id: "bad", stage: "train", tag: "T", message: "", details: {}, record: "", seconds: 1 },
    { type: "stage.skipped", id: "after", stage: "train", because: "bad" },
  ]
  await duringRun(project, { run, events }, async () => {
    const [first, second] = await listed(project)
    expect(second?.outcome).toBe("done")
    expect(first).toMatchObject({
      run,
      pipeline: "study",
      outcome: "running",
      process: { host: hostname(), pid: process.pid },
      stages: { total: 6, cached: 1, finished: 0, failed: 1, skipped: 1 },
    })
    expect(first?.computing).toMatchObject([
      { id: "judge", stage: "train", machine: null, progress: null },
      { id: long, machine: "gpu-2", progress: { step: 3, total: 9 } },
    ])
    const sinceMs = Date.now() - Date.parse(first?.computing[0]?.since ?? "")
    expect(sinceMs).toBeGreaterThan(0)
    expect(sinceMs).toBeLessThan(60_000)
    expect((await listed(project, "--running")).map((each) => each.run)).toEqual([run])
    const lines = (await text(project)).trimEnd().split("\n")
    expect(lines.filter((line) => [...line].length > 80)).toEqual([])
    expect(lines[2]).toMatch(new RegExp(`^${run} +study +running +1/6 +[0-9.]+ s$`))
    expect(lines[3]).toBe(`  on ${hostname()}, process ${process.pid}`)
    expect(lines[4]).toBe("  1 stage failed, 1 skipped")
    expect(lines[5]).toMatch(/^ {2}computing judge · for [0-9.]+ s$/)
    expect(lines[6]).toMatch(/^ {2}computing arms\..*…$/)
  })
})

test("a run of another process is in progress until that is killed; then it has died", async () => {
  const project = await newProject()
  await project.write(
    "endless.ts",
    `import { files, named, pipeline, stage } from "assay"
    import { corpus } from "./stages.ts"
    const wait = stage({ name: "wait", inputs: {}, parameters: {}, outputs: { note: files("note") }, run: () => import("./wait.ts") })
    export default pipeline("endless", () => ({ text: named("text", corpus({ rows: 5 })), waiting: named("waiting", wait({})) }))\n`,
  )
  await project.write(
    "wait.ts",
    `export const run = async ({ outputs, progress }) => {
      progress(1, 4, { loss: 0.5 })
      await new Promise((resolve) => setTimeout(resolve, 600_000))
      await outputs.note.write("note", "")
    }\n`,
  )
  let kill = (): void => {}
  const ended = project.assay(["run", "endless.ts", "--json"], {}, (_, signal) => {
    kill = () => signal("SIGKILL")
  })
  try {
    await expect
      .poll(async () => (await listed(project))[0], { timeout: 60_000, interval: 500 })
      .toMatchObject({
        pipeline: "endless",
        outcome: "running",
        process: { host: hostname() },
        stages: { total: 2, finished: 1 },
        computing: [{ id: "waiting", stage: "wait", progress: { step: 1, total: 4 } }],
      })
    const [before] = await listed(project)
    // What is known of a dead run is what it has recorded.
    const recorded = async () => JSON.parse(await readFile(join(project.folder, ".assay", "runs", `${before?.run}.json`), "utf8"))
    await expect
      .poll(recorded, { timeout: 30_000 })
      .toMatchObject({ stages: expect.arrayContaining([expect.objectContaining({ id: "text", outcome: "finished" })]) })
    kill()
    await ended
    const [after] = await listed(project)
    expect(after).toMatchObject({ run: before?.run, outcome: "died", process: before?.process, computing: [] })
    expect(await listed(project, "--running")).toEqual([])
    expect(await text(project)).toMatch(/endless +died +1\/2 .*\n {2}was on /)
  } finally {
    kill()
  }
})
