import * as fs from "node:fs"
import { Effect } from "effect"
import { expect, onTestFinished, test } from "vitest"
import { loadPipeline, Results, replay, run, type TaskFailed, type Verified, verify } from "../../../runtime/index.ts"
import { digestsOf, type Project, project, recorded, toyProject } from "../project.ts"

const stages = (options = "") => `
import { files, stage } from "assay"
import { Schema } from "effect"
export const start = stage({ name: "start", inputs: {}, parameters: {}, outputs: { out: files("out") }, run: () => import("./start.ts") })
export const work = stage({ name: "work", ${options} inputs: { from: files("out") }, parameters: { n: Schema.Int }, outputs: { out: files("out") }, run: () => import("./work.ts") })
`
const start = 'export const run = async ({ outputs }) => outputs.out.write("start.txt", "started")\n'
const pipeline = `
import { pipeline } from "assay"
import { start, work } from "./stages.ts"
export default pipeline("again", () => ({ work: work({ from: start({}), n: 7 }) }))
`

const working = (work: string, options = "", pool = true) =>
  project({ "stages.ts": stages(options), "start.ts": start, "work.ts": work, "pipeline.ts": pipeline }, { pool })

const replayed = (user: Project, edited = false) =>
  user.provided(
    Effect.gen(function* () {
      const loaded = edited ? yield* loadPipeline(`${user.root}/pipeline.ts`) : null
      return yield* replay("work", { edited: loaded, report: () => {} })
    }),
  )

test("a failed stage is entered again with its exact code, inputs and parameters, or with the code it has now", async () => {
  const user = working(`
export const run = async ({ inputs, parameters, outputs }) => {
  const text = Buffer.from(await inputs.from.read("start.txt")).toString()
  throw new Error(text + " with " + parameters.n)
}
`)
  expect((await user.run()).outcome).toBe("failed")
  user.edit("work.ts", "throw new Error(", 'await outputs.out.write("all.txt", ')
  const exact = await replayed(user)
  expect((exact.result as TaskFailed).message).toBe("started with 7")
  const edited = await replayed(user, true)
  expect(edited.result).toMatchObject({ out: { files: [{ name: "all.txt", bytes: "started with 7".length }] } })
  const { stages } = await user.plan()
  expect(stages.map(({ verdict }) => verdict)).toEqual(["cached", "run"])
  expect(fs.readdirSync(`${user.store}/tmp`)).toEqual([])
})

test("where an input of the failure is gone, or nothing failed, that is said", async () => {
  const user = working('export const run = async () => { throw new Error("no") }')
  await expect(replayed(user)).rejects.toMatchObject({ _tag: "NothingToReplay" })
  await user.run()
  fs.rmSync(`${user.store}/objects`, { recursive: true })
  await expect(replayed(user)).rejects.toMatchObject({ _tag: "NothingToReplay", message: expect.stringContaining("gone or damaged") })
})

const flaky = (times: number) =>
  `
import { readFile } from "node:fs/promises"
export const run = async ({ resume, outputs }) => {
  const before = (await resume.load())?.[0] ?? 0
  await resume.save(Uint8Array.of(before + 1))
  if (before < ${times}) throw new Error("not yet")
  await outputs.out.write("tries.txt", String(before))
}
`.replace('import { readFile } from "node:fs/promises"\n', "")

test("a stage is tried again only as often as it declares", async () => {
  const user = working(flaky(2), "retries: 2,")
  const [summary, events] = await user.provided(Effect.flatMap(loadPipeline(`${user.root}/pipeline.ts`), (loaded) => recorded(run(loaded))))
  expect(summary.outcome).toBe("done")
  expect(events.flatMap((event) => (event.type === "warning" ? [event.message] : []))).toEqual([
    "Error: not yet; trying again, 2 left",
    "Error: not yet; trying again, 1 left",
  ])
  expect((await working(flaky(1)).run()).outcome).toBe("failed")
  expect((await working(flaky(2), "retries: 1,").run()).outcome).toBe("failed")
})

test("what a stage has saved outlives its process, belongs to its fingerprint alone, and is forgotten when it has finished", async () => {
  const user = working(`
export const run = async ({ resume, outputs, parameters }) => {
  const saved = await resume.load()
  if (saved === undefined) {
    await resume.save(new TextEncoder().encode("half"))
    process.kill(process.pid, "SIGKILL")
    await new Promise(() => {})
  }
  await outputs.out.write("result.txt", Buffer.from(saved).toString() + parameters.n)
}
`)
  const first = await user.run()
  expect(first.failures[0]?.message).toContain("SIGKILL")
  expect(fs.readdirSync(`${user.store}/checkpoints`)).toHaveLength(1)
  const undo = user.edit("pipeline.ts", "n: 7", "n: 8")
  expect((await user.run()).outcome).toBe("failed")
  undo()
  const [half] = fs.readdirSync(`${user.store}/checkpoints`)
  expect((await user.run()).outcome).toBe("done")
  expect(fs.readdirSync(`${user.store}/checkpoints`)).toHaveLength(1)
  user.edit("pipeline.ts", "n: 7", "n: 8")
  for (const name of fs.readdirSync(`${user.store}/checkpoints`)) fs.truncateSync(`${user.store}/checkpoints/${name}/state`, 34)
  expect((await user.run()).outcome, `a torn checkpoint (${half}) is as none`).toBe("failed")
  expect((await user.run()).outcome).toBe("done")
  expect(fs.readdirSync(`${user.store}/checkpoints`)).toEqual([])
})

test("what a process left that was killed between publishing and forgetting is cleared by the next run, and what is not yet computed stays", async () => {
  const user = working("export const run = async ({ outputs }) => outputs.out.write('a', 'b')")
  const { stages: done } = await user.run()
  const finished = done.find(({ id }) => id === "work")?.key as string
  const unfinished = "0".repeat(64)
  for (const key of [finished, unfinished]) {
    fs.mkdirSync(`${user.store}/checkpoints/${key}`, { recursive: true })
    fs.writeFileSync(`${user.store}/checkpoints/${key}/state`, "half")
  }
  expect((await user.run()).stages.map(({ outcome }) => outcome)).toEqual(["cached", "cached"])
  expect(fs.readdirSync(`${user.store}/checkpoints`)).toEqual([unfinished])
})

const learner = (kills: string): string => `
export const run = async ({ resume, outputs }) => {
  const saved = await resume.load()
  const state = saved === undefined ? new Float64Array([0, 1]) : new Float64Array(saved.buffer)
  for (let step = state[0] + 1; step <= 9; step++) {
    state[0] = step
    state[1] = Math.sin(state[1] + step)
    await outputs.rows.append([{ step, value: state[1] }])
    if (step % 4 === 0) await outputs.out.write("at" + step + ".bin", new Uint8Array(state.buffer.slice(0)))
    if (step % 3 === 0 || step === 4) await resume.save(new Uint8Array(state.buffer))
    if (${kills}) process.kill(process.pid, "SIGKILL"), await new Promise(() => {})
  }
}
`

const learnerStages = `
import { files, stage, table } from "assay"
export const learn = stage({ name: "learn", version: "1", inputs: {}, parameters: {}, outputs: { rows: table("rows", { step: "int32", value: "float64" }), out: files("out") }, run: () => import("./learn.ts") })
`
const learnerPipeline = `
import { pipeline } from "assay"
import { learn } from "./stages.ts"
export default pipeline("learning", () => learn({}))
`

test("a stage that goes on finds in its outputs what it had written when it saved, and ends with the same bytes", async () => {
  const files = { "stages.ts": learnerStages, "pipeline.ts": learnerPipeline }
  const undisturbed = project({ ...files, "learn.ts": learner("false") }, { pool: true })
  const expected = await digestsOf(undisturbed, await undisturbed.run())
  // Killed after a save, after rows and a file that were not saved, and before anything was saved;
  // a pinned version lets the edits pass.
  const user = project({ ...files, "learn.ts": learner("step === 2") }, { pool: true })
  for (const when of ["step === 2", "step === 3", "step === 5", "step === 8"]) {
    user.write("learn.ts", learner(when))
    expect((await user.run()).failures[0]?.message, when).toContain("SIGKILL")
  }
  user.write("learn.ts", learner("step === 1"))
  const summary = await user.run()
  expect(summary.outcome).toBe("done")
  expect(await digestsOf(user, summary)).toEqual(expected)
  expect(fs.readdirSync(`${user.store}/checkpoints`)).toEqual([])
  expect(fs.readdirSync(`${user.store}/tmp`)).toEqual([])
})

test("a part of a checkpoint that is damaged or gone makes the stage start over, with empty outputs", async () => {
  const files = { "stages.ts": learnerStages, "pipeline.ts": learnerPipeline }
  for (const damage of [(file: string) => fs.truncateSync(file, 10), (file: string) => fs.rmSync(file)]) {
    const user = project({ ...files, "learn.ts": learner("step === 8") }, { pool: true })
    expect((await user.run()).outcome).toBe("failed")
    const [key] = fs.readdirSync(`${user.store}/checkpoints`)
    damage(`${user.store}/checkpoints/${key}/1`)
    user.write("learn.ts", learner("false"))
    const summary = await user.run()
    const manifest = await user.provided(Effect.flatMap(Results, ({ manifest }) => manifest(summary.stages[0]?.key ?? "")))
    expect(manifest?.outputs.rows?.rows).toBe(9)
  }
})

test("a stage that writes before it loads is told so", async () => {
  const late = 'export const run = async ({ resume, outputs }) => { await outputs.out.write("a", "b"); await resume.load() }'
  const user = project({ "stages.ts": learnerStages, "pipeline.ts": learnerPipeline, "learn.ts": late }, {})
  expect((await user.run()).failures[0]?.message).toBe('output "out" was written to before resume.load(): load first')
})

test("a stage that runs out of memory is a failed stage, not a dead run", async () => {
  const user = working(`
export const run = async () => {
  const kept = []
  for (;;) kept.push(Array.from({ length: 10000 }, (_, index) => ({ index })))
}
`)
  const before = process.env.NODE_OPTIONS
  process.env.NODE_OPTIONS = "--max-old-space-size=64"
  onTestFinished(() => {
    if (before === undefined) delete process.env.NODE_OPTIONS
    else process.env.NODE_OPTIONS = before
  })
  const summary = await user.run()
  expect(summary.stages.map(({ outcome }) => outcome)).toEqual(["finished", "failed"])
  expect(summary.failures[0]).toMatchObject({ tag: "Died", message: expect.stringContaining("not enough memory") })
})

const verified = (user: Project, sample: number | null = null) =>
  user.provided(
    Effect.gen(function* () {
      const loaded = yield* loadPipeline(`${user.root}/pipeline.ts`)
      return yield* verify(loaded, { sample, seed: 0, each: () => Effect.void })
    }),
  )

const verdicts = (all: ReadonlyArray<Verified>) => Object.fromEntries(all.map(({ id, verdict }) => [id, verdict]))

test("verify computes again, compares bit for bit, and leaves the store as it was", async () => {
  const toy = toyProject()
  const summary = await toy.run()
  const digests = await digestsOf(toy, summary)
  expect(new Set(Object.values(verdicts(await verified(toy))))).toEqual(new Set(["same"]))
  expect(await verified(toy, 2)).toHaveLength(2)
  expect(await digestsOf(toy, summary)).toEqual(digests)
})

test("verify names a stage whose results are not always the same, and a stored file that is damaged", async () => {
  const user = working(
    'export const run = async ({ outputs }) => { await outputs.out.write("at.txt", String(process.hrtime.bigint())) }',
    'reads: ["clock"], readsAs: "whenever",',
    false,
  )
  const summary = await user.run()
  const [first] = await verified(user, null).then((all) => all.filter(({ id }) => id === "work"))
  expect(first?.verdict).toBe("different")
  expect(first?.details[0]).toContain("out, at.txt")
  const manifest = await user.provided(Effect.flatMap(Results, ({ manifest }) => manifest(summary.stages[1]?.key ?? "")))
  const object = manifest?.outputs.out?.files[0]?.object ?? ""
  const file = `${user.store}/objects/${object.slice(0, 2)}/${object.slice(2)}`
  fs.chmodSync(file, 0o644)
  fs.writeFileSync(file, "0".repeat(fs.statSync(file).size))
  expect(verdicts(await verified(user)).work).toBe("damaged")
  expect(await verified(user)).toHaveLength(1)
})
