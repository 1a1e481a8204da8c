import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect, Layer } from "effect"
import { expect, onTestFinished, test } from "vitest"
import { Runs, Settings, type SettingsShape, type Store, storeLayer } from "../../../runtime/index.ts"
import { runId } from "../../../runtime/store/runs/read.ts"
import type { FailureRecord, RunRecord } from "../../../runtime/store/runs/record.ts"

const newStore = () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "assay-order-"))
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }))
  const settings = Layer.succeed(Settings, { store: root } as SettingsShape)
  const provided = <A, E>(effect: Effect.Effect<A, E, Store>): Promise<A> =>
    Effect.runPromise(Effect.provide(effect, Layer.provide(storeLayer, settings)))
  return { root, provided }
}

const record = (run: string, created: string): RunRecord => ({
  format: 1,
  run,
  pipeline: "p",
  path: "/p.ts",
  created,
  seconds: 1,
  outcome: "done",
  stages: [],
})

test("the last run is the one that was begun last, whatever the clock said; older records come before those with a number", async () => {
  const { root, provided } = newStore()
  const old = ["2031-01-01T00-00-00.000Z.77", "2025-01-01T00-00-00.000Z.99999"]
  fs.mkdirSync(`${root}/runs`)
  for (const run of old) fs.writeFileSync(`${root}/runs/${run}.json`, JSON.stringify(record(run, "2031")))
  const ids: Array<string> = []
  for (const created of ["2030-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"])
    await provided(
      Effect.gen(function* () {
        const runs = yield* Runs
        const run = runId(created, yield* runs.takeNumber)
        ids.push(run)
        yield* runs.record(record(run, created))
      }),
    )
  expect(new Set(ids).size).toBe(3)
  const runs = await provided(Effect.flatMap(Runs, ({ all }) => all))
  expect(runs.map(({ run }) => run)).toEqual([...ids.reverse(), ...old])
})

test("no two runs get one number, also where many begin at once, and none that was given before", async () => {
  const { root, provided } = newStore()
  const take = () => provided(Effect.flatMap(Runs, ({ takeNumber }) => takeNumber))
  const numbers = await Promise.all(Array.from({ length: 20 }, take))
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  fs.rmSync(`${root}/run-numbers`, { recursive: true })
  fs.mkdirSync(`${root}/runs`)
  fs.writeFileSync(`${root}/runs/2026.r41.json`, JSON.stringify(record("2026.r41", "2026")))
  expect(await take()).toBe(42)
})

test("the last failure is that of the last run", async () => {
  const { provided } = newStore()
  const failure = (key: string, created: string): FailureRecord => ({
    format: 1,
    id: "arm",
    stage: "s",
    key,
    vector: [],
    task: null,
    error: { name: "E", tag: "E", message: "", details: {}, stack: "" },
    output: "",
    created,
    seconds: 0,
  })
  for (const [key, created] of [
    ["1", "2030"],
    ["2", "2026"],
  ] as const)
    await provided(
      Effect.gen(function* () {
        const runs = yield* Runs
        yield* runs.takeNumber
        yield* runs.recordFailure(failure(key, created))
      }),
    )
  const failures = await provided(Effect.flatMap(Runs, ({ failures }) => failures))
  expect(failures.map(({ key }) => key)).toEqual(["2", "1"])
})
