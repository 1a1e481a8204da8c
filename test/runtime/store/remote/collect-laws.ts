import * as fs from "node:fs"
import { Effect, Fiber } from "effect"
import { expect, test } from "vitest"
import { Results, Upkeep, Workspace } from "../../../../runtime/index.ts"
import { layout } from "../../../../runtime/store/layout.ts"
import { announceCollection, collectionName } from "../../../../runtime/store/remote/life/collection.ts"
import type { Project } from "../../project.ts"
import { namesIn } from "./object-store-laws.ts"
import { machineOn, openAll, type SharedStore } from "./shared-store-laws.ts"

const collect = (machine: Project, runs: number, dry = false) =>
  machine.provided(Effect.flatMap(Upkeep, (upkeep) => upkeep.collect({ runs, size: 0, dry })))

/** Objects are young for some seconds: a server dates them to the second. */
const age = () => new Promise((resolve) => setTimeout(resolve, 3_100))

const keysIn = async ({ objects }: SharedStore): Promise<ReadonlyArray<string>> =>
  (await namesIn(objects, "results/")).map((name) => (name.split("/").at(-1) ?? "").split(".")[0] ?? "")

/** What a collection of a shared store promises, whatever keeps its objects. */
export const collectLaws = (make: () => SharedStore): void => {
  test("results that no recent run and no pin keeps go, with their objects, from the store and from the cache", async () => {
    const store = make()
    const one = machineOn(store)
    const first = await one.run()
    const pinned = first.stages[0]?.key ?? ""
    await one.provided(Effect.flatMap(Upkeep, ({ pin }) => pin({ key: pinned, id: "drawn", pipeline: "toy" })))
    one.edit("pipeline.ts", "count: 20", "count: 21")
    const second = await one.run()
    const before = await namesIn(store.objects, "objects/")
    await age()
    const dry = await collect(one, 1, true)
    expect(await namesIn(store.objects, "objects/")).toEqual(before)
    const collected = await collect(one, 1)
    expect({ ...collected, cache: undefined }).toEqual({ ...dry, cache: undefined })
    expect(collected.results.length).toBe(first.stages.length - 1)
    expect(new Set(await keysIn(store))).toEqual(new Set([pinned, ...second.stages.map(({ key }) => key)]))
    const after = await namesIn(store.objects, "objects/")
    expect(collected).toMatchObject({ objects: before.length - after.length, cache: { objects: before.length - after.length } })
    fs.rmSync(one.store, { recursive: true })
    await openAll(machineOn(store), second)
    await openAll(machineOn(store), { stages: first.stages.slice(0, 1) })
    for (const prefix of ["aside/", "collection", "alive/", "leases/"]) expect(await namesIn(store.objects, prefix)).toEqual([])
    expect(await machineOn(store).provided(Effect.flatMap(Upkeep, ({ pins }) => pins))).toMatchObject([{ key: pinned }])
  })

  test("what a run on another machine has looked at stays, and what it did not goes", async () => {
    const store = make()
    const [one, two] = [machineOn(store), machineOn(store)]
    const { stages } = await one.run()
    const looked = stages[0]?.key ?? ""
    await age()
    const manifest = await two.provided(
      Effect.gen(function* () {
        const results = (yield* Results).repairing
        const workspace = yield* Workspace
        yield* workspace.present("2026-01-01T00-00-00.000Z.r9")
        const manifest = yield* results.manifest(looked)
        yield* Effect.promise(() => collect(one, 0))
        for (const output of Object.keys(manifest?.outputs ?? {})) if (manifest !== null) yield* results.open(manifest, output)
        // What it has not looked at is gone for it as well, though it knew of it.
        expect(yield* results.manifest(stages[1]?.key ?? "")).toBeNull()
        return manifest
      }).pipe(Effect.scoped),
    )
    expect(await keysIn(store)).toEqual([manifest?.key])
    expect(manifest?.key).toBe(looked)
  })

  test("a result that rests on objects which were there is published after a collection that goes on", async () => {
    const store = make()
    const [one, two] = [machineOn(store), machineOn(store)]
    await one.run()
    await Effect.runPromise(store.objects.remove(await namesIn(store.objects, "results/")))
    const alive = machineOn(store)
    await alive.provided(
      Effect.gen(function* () {
        yield* (yield* Workspace).prepare
        const [tag = ""] = (yield* Effect.promise(() => namesIn(store.objects, "alive/"))).map(
          (name) => /alive\/(.*)\.json/.exec(name)?.[1] ?? "",
        )
        yield* announceCollection(store.objects, { id: "goes on", tag })
        const running = yield* Effect.forkChild(Effect.promise(() => two.run()))
        yield* Effect.sleep("6 seconds")
        expect(yield* Effect.promise(() => namesIn(store.objects, "results/"))).toEqual([])
        // The collection removes what nothing named, and ends.
        yield* store.objects.remove(yield* Effect.promise(() => namesIn(store.objects, "objects/")))
        yield* store.objects.remove([collectionName])
        expect((yield* Fiber.join(running)).outcome).toBe("done")
      }),
    )
    const third = machineOn(store)
    await openAll(third, await third.run())
  })

  test("a collection that died half-way is undone by the next, and holds nothing up", async () => {
    const store = make()
    const one = machineOn(store)
    const run = await one.run()
    const names = await namesIn(store.objects, "results/")
    for (const name of names.slice(0, 2)) {
      await Effect.runPromise(store.objects.copy(name, `aside/${name}`))
      await Effect.runPromise(store.objects.remove([name]))
    }
    await Effect.runPromise(announceCollection(store.objects, { id: "dead", tag: "dead" }))
    await collect(one, 1)
    expect(await namesIn(store.objects, "results/")).toEqual(names)
    expect(await namesIn(store.objects, "aside/")).toEqual([])
    expect(await namesIn(store.objects, collectionName)).toEqual([])
    await openAll(machineOn(store), run)
  })

  test("of two collections at once one is refused", async () => {
    const store = make()
    const machines = [machineOn(store), machineOn(store)]
    await machines[0]?.run()
    const ended = await Promise.allSettled(machines.map((machine) => collect(machine, 1)))
    const refused = ended.flatMap((end) => (end.status === "rejected" ? [String(end.reason)] : []))
    for (const reason of refused) expect(reason).toContain("is being collected by another process")
    expect(refused.length).toBeLessThan(2)
    expect((await keysIn(store)).length).toBeGreaterThan(0)
  })

  test("the cache alone can be emptied at any time, and a pin that is removed on one machine is gone on others", async () => {
    const store = make()
    const [one, two] = [machineOn(store), machineOn(store)]
    const run = await one.run()
    const key = run.stages[0]?.key ?? ""
    await one.provided(Effect.flatMap(Upkeep, ({ pin }) => pin({ key, id: "drawn", pipeline: "toy" })))
    const pins = Effect.flatMap(Upkeep, ({ pins }) => pins)
    expect(await two.provided(pins)).toHaveLength(1)
    expect(await one.provided(Effect.flatMap(Upkeep, ({ unpin }) => unpin(key)))).toBe(true)
    expect(await two.provided(pins)).toEqual([])
    fs.rmSync(layout(one.store).objects, { recursive: true })
    await openAll(one, run)
    const census = await two.provided(Effect.flatMap(Upkeep, ({ census }) => census))
    expect(census).toMatchObject({ results: run.stages.length, pins: 0, foreign: 0 })
  })
}
