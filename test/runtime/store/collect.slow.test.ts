import * as fs from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { type CollectOptions, Results, Runs, Upkeep, Workspace } from "../../../runtime/index.ts"
import { digestsOf, type Project, toyProject } from "../project.ts"

const gc = async (toy: Project, options: Partial<CollectOptions> = {}) => {
  await sleep(150)
  return toy.provided(Effect.flatMap(Upkeep, ({ collect }) => collect({ runs: 1, size: 0, dry: false, ...options })))
}

const cached = async (toy: Project) => (await toy.plan()).stages.filter(({ verdict }) => verdict === "cached").length

const objects = (toy: Project) =>
  fs
    .readdirSync(`${toy.store}/objects`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)

/** The toy run twice, with other parameters each time: nothing keeps the first run's results. */
const twice = async () => {
  const toy = toyProject()
  await toy.run()
  const undo = toy.edit("pipeline.ts", "count: 20", "count: 21")
  const last = await toy.run()
  return { toy, last, undo }
}

test("the last run is kept, what nothing keeps is deleted, and what is kept is whole", async () => {
  const { toy, last, undo } = await twice()
  const digests = await digestsOf(toy, last)
  const before = objects(toy).length
  const dry = await gc(toy, { dry: true })
  expect(dry.results).toHaveLength(5)
  expect(objects(toy)).toHaveLength(before)
  const collected = await gc(toy)
  expect(collected).toEqual(dry)
  expect(objects(toy)).toHaveLength(before - collected.objects)
  expect(collected.objects).toBeGreaterThan(0)
  expect(await digestsOf(toy, last)).toEqual(digests)
  expect(await cached(toy)).toBe(5)
  undo()
  const again = await toy.run()
  expect(again.outcome).toBe("done")
  expect(again.stages.every(({ outcome }) => outcome === "finished")).toBe(true)
})

test("more runs keep more, a size keeps the newest that fit, and a pin keeps what it names", async () => {
  const { toy } = await twice()
  expect((await gc(toy, { runs: 2, dry: true })).results).toHaveLength(0)
  expect((await gc(toy, { size: 1e9, dry: true })).results).toHaveLength(0)
  const all = await gc(toy, { dry: true })
  const some = await gc(toy, { size: all.kept + all.bytes - 1, dry: true })
  expect(some.results.length).toBeGreaterThan(0)
  expect(some.results.length).toBeLessThan(5)
  expect(some.kept).toBeLessThan(all.kept + all.bytes)
  const [oldest] = all.results
  const key = oldest?.key ?? ""
  await toy.provided(Effect.flatMap(Upkeep, ({ pin }) => pin({ key, id: "old", pipeline: "toy" })))
  expect((await gc(toy, { runs: 0 })).rooted).toBe(1)
  const manifest = await toy.provided(Effect.flatMap(Results, ({ manifest }) => manifest(key)))
  expect(manifest?.key).toBe(key)
  expect(await cached(toy)).toBe(0)
  expect(await toy.provided(Effect.flatMap(Upkeep, ({ unpin }) => unpin(key)))).toBe(true)
  await gc(toy, { runs: 0 })
  expect(objects(toy)).toEqual([])
})

test("a run that was killed keeps what it had made, and takes the place of none that came to its end", async () => {
  const { toy, last, undo } = await twice()
  const [record] = await toy.provided(Effect.flatMap(Runs, ({ all }) => all))
  undo()
  const first = await toy.run()
  const own = first.stages.find(({ key }) => last.stages.every((other) => other.key !== key))
  const killed = { ...record, run: `${record?.run}.later`, outcome: "unfinished", stages: [own] }
  for (const { name } of fs.readdirSync(`${toy.store}/runs`, { withFileTypes: true }).slice(2)) fs.rmSync(`${toy.store}/runs/${name}`)
  toy.write(`.assay/runs/${killed.run}.json`, JSON.stringify(killed))
  const rooted = (await gc(toy, { runs: 1 })).rooted
  expect(rooted).toBe(last.stages.length + 1)
  expect(await cached(toy)).toBe(1)
  toy.edit("pipeline.ts", "count: 20", "count: 21")
  expect(await cached(toy)).toBe(5)
})

test("what a run that goes on has looked at or written stays, whether or not anything keeps it", async () => {
  const { toy } = await twice()
  await toy.provided(
    Effect.gen(function* () {
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* Effect.sleep(150)
          yield* (yield* Workspace).present("a-run-that-goes-on")
          const [record] = yield* (yield* Runs).all
          for (const { key } of record?.stages ?? []) if (key !== null) yield* (yield* Results).manifest(key)
          const collected = yield* (yield* Upkeep).collect({ runs: 0, size: 0, dry: false })
          expect(collected.results).toHaveLength(5)
        }),
      )
    }),
  )
  expect(await cached(toy)).toBe(5)
  expect(fs.readdirSync(`${toy.store}/running`)).toEqual([])
})

test("what a killed run left in its name keeps nothing", async () => {
  const { toy } = await twice()
  const host = fs.readFileSync("/proc/sys/kernel/hostname", "utf8").trim()
  toy.write(".assay/running/dead", JSON.stringify({ host, pid: 2 ** 22 + 1, since: 0 }))
  expect((await gc(toy, { runs: 0 })).results).toHaveLength(10)
  expect(fs.readdirSync(`${toy.store}/running`)).toEqual([])
})

test("sources of code that was edited since are collected; those of the present code stay, for the next upgrade of the tools", async () => {
  const toy = toyProject()
  await toy.run()
  const before = fs.readdirSync(`${toy.store}/code/sources`).length
  toy.edit("arithmetic/power.ts", "left * right", "right * left")
  await toy.run()
  expect(fs.readdirSync(`${toy.store}/code/sources`)).toHaveLength(before + 1)
  await gc(toy)
  expect(fs.readdirSync(`${toy.store}/code/sources`)).toHaveLength(before)
  expect(await cached(toy)).toBe(5)
})
