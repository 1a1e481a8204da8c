import * as fs from "node:fs"
import { Effect, Fiber } from "effect"
import { expect, test } from "vitest"
import { loadPipeline, Runs, run } from "../../../runtime/index.ts"
import { project, recorded, toyProject } from "../project.ts"

/** Whether a process is there and is no zombie. */
const runs = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"))
  } catch {
    return false
  }
}

const slow = () =>
  project(
    {
      "stages.ts": `
import { files, stage } from "assay"
export const slow = stage({ name: "slow", reads: ["machine"], readsAs: "its process", inputs: {}, parameters: {}, outputs: { out: files("out") }, run: () => import("./slow.ts") })
`,
      "slow.ts": `
import type { Run } from "assay"
import type { slow } from "./stages.ts"
export const run: Run<typeof slow> = async ({ outputs, progress }) => {
  console.log("pid", process.pid)
  await outputs.out.write("half", "half")
  for (let step = 1; step <= 100; step++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    progress(step, 100)
  }
}
`,
      "pipeline.ts": `
import { pipeline } from "assay"
import { slow } from "./stages.ts"
export default pipeline("slow", () => slow({}))
`,
    },
    { pool: true },
  )

test("an interrupted run stops its child processes, removes temporary files and leases, and publishes nothing", async () => {
  const user = slow()
  let child = 0
  const events = await user.provided(
    Effect.gen(function* () {
      const loaded = yield* loadPipeline(`${user.root}/pipeline.ts`)
      const seen: Array<string> = []
      const started = run(loaded)
      const [, events] = yield* recorded(
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(started)
          while (seen.length === 0) {
            yield* Effect.sleep(50)
            for (const name of fs.existsSync(`${user.store}/tmp`) ? fs.readdirSync(`${user.store}/tmp`) : [])
              if (fs.readdirSync(`${user.store}/tmp/${name}`).length > 0) seen.push(name)
          }
          yield* Effect.sleep(100)
          yield* Fiber.interrupt(fiber)
        }),
      )
      return events
    }),
  )
  for (const event of events) if (event.type === "stage.output") child = Number(event.text.split(" ")[1])
  expect(child).toBeGreaterThan(0)
  expect(runs(child)).toBe(false)
  expect(fs.readdirSync(`${user.store}/tmp`)).toEqual([])
  expect(fs.readdirSync(`${user.store}/leases`)).toEqual([])
  expect(fs.existsSync(`${user.store}/results`)).toBe(false)
  expect(events.at(-1)).toMatchObject({ type: "run.finished", outcome: "interrupted" })
  const again = await user.run()
  expect(again.outcome).toBe("done")
})

test("what a run has made so far is on record while it goes on", async () => {
  const toy = toyProject()
  toy.edit("draw.ts", "export const run", "await new Promise((resolve) => setTimeout(resolve, 0))\nexport const run")
  const user = project(
    {
      "stages.ts": `
import { files, stage } from "assay"
const out = files("out")
export const quick = stage({ name: "quick", inputs: {}, parameters: {}, outputs: { out }, run: () => import("./quick.ts") })
export const long = stage({ name: "long", inputs: { out }, parameters: {}, outputs: { out }, run: () => import("./long.ts") })
`,
      "quick.ts": "export const run = ({ outputs }) => outputs.out.write('file', 'quick')",
      "long.ts": "export const run = () => new Promise((resolve) => setTimeout(resolve, 60_000))",
      "pipeline.ts": `
import { pipeline } from "assay"
import { long, quick } from "./stages.ts"
export default pipeline("going-on", () => long({ out: quick({}) }))
`,
    },
    { pool: true },
  )
  const records = await user.provided(
    Effect.gen(function* () {
      const records = yield* Runs
      const loaded = yield* loadPipeline(`${user.root}/pipeline.ts`)
      const [seen] = yield* recorded(
        Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(run(loaded))
          let runs = yield* records.all
          while (runs.length === 0) {
            yield* Effect.sleep(50)
            runs = yield* records.all
          }
          yield* Fiber.interrupt(fiber)
          return runs
        }),
      )
      return { during: seen, after: yield* records.all }
    }),
  )
  expect(records.during).toMatchObject([
    {
      outcome: "unfinished",
      stages: [
        { stage: "quick", outcome: "finished", key: expect.any(String) },
        { stage: "long", outcome: "unfinished", key: null },
      ],
    },
  ])
  expect(records.after).toMatchObject([{ outcome: "interrupted", stages: [{ outcome: "finished" }, { outcome: "interrupted" }] }])
})

test("two runs at once on one store compute each stage once", async () => {
  const user = slow()
  const [one, two] = await Promise.all([user.run(), user.run()])
  expect([one.stages[0]?.outcome, two.stages[0]?.outcome].sort()).toEqual(["cached", "finished"])
})

test("what a killed process left, its lease and its temporary folder, is in no other's way", async () => {
  const toy = toyProject()
  const first = await toy.run()
  const key = first.stages[0]?.key ?? ""
  fs.rmSync(`${toy.store}/results/${key.slice(0, 2)}/${key}.json`)
  const dead = 2 ** 22 + 1
  const host = fs.readFileSync("/proc/sys/kernel/hostname", "utf8").trim()
  toy.write(`.assay/leases/${key}`, JSON.stringify({ host, pid: dead }))
  toy.write(`.assay/tmp/${host}.${dead}.1/half.parquet`, "half")
  const second = await toy.run()
  expect(second.stages.filter(({ outcome }) => outcome === "finished").map(({ id }) => id)).toEqual(["arms.seed=1.drawn"])
  expect(fs.readdirSync(`${toy.store}/tmp`)).toEqual([])
})
