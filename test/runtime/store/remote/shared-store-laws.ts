import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Stream } from "effect"
import { expect, test } from "vitest"
import { thisProcess } from "../../../../runtime/disk/process.ts"
import { Journals, Results, Runs, SharedFiles, Workspace } from "../../../../runtime/index.ts"
import { layout } from "../../../../runtime/store/layout.ts"
import { signName, signText } from "../../../../runtime/store/remote/life/sign.ts"
import type { ObjectStore } from "../../../../runtime/store/remote/objects/object-store.ts"
import { digestsOf, type Project, toyProject } from "../../project.ts"
import { namesIn } from "./object-store-laws.ts"

/** A store that machines share, by the variables that name it, and its objects. */
export interface SharedStore {
  readonly environment: Readonly<Record<string, string>>
  readonly objects: ObjectStore
}

/** A project as on a machine of its own: with its own folder, cache included. */
export const machineOn = ({ environment }: SharedStore): Project => {
  const toy = toyProject({ environment: { ...environment, ASSAY_STORE_CACHE: "cache" } })
  return { ...toy, store: path.join(toy.root, "cache") }
}

const host = { name: "host", platform: "linux", node: "v20", cpu: "cpu" }

const outcomes = ({ stages }: { readonly stages: ReadonlyArray<{ readonly outcome: string }> }) => stages.map(({ outcome }) => outcome)

const allOf = (outcome: string) => (each: string) => each === outcome

/** Reads every file of every output of a run. */
export const openAll = (machine: Project, run: Parameters<Results["Service"]["of"]>[0]) =>
  machine.provided(
    Effect.gen(function* () {
      const results = yield* Results
      for (const manifest of (yield* results.of(run)).values())
        for (const output of Object.keys(manifest.outputs)) yield* results.open(manifest, output)
    }),
  )

/** What machines that share a store rely on, whatever keeps its objects. */
export const sharedStoreLaws = (make: () => SharedStore): void => {
  test("what one machine computed is cached on another, with the same artifacts, and its objects come when they are opened", async () => {
    const store = make()
    const [one, two] = [machineOn(store), machineOn(store)]
    const first = await one.run()
    expect(outcomes(first).every(allOf("finished"))).toBe(true)
    expect((await two.plan()).stages.every(({ verdict }) => verdict === "cached")).toBe(true)
    expect(fs.existsSync(layout(two.store).objects)).toBe(false)
    const second = await two.run()
    expect(outcomes(second).every(allOf("cached"))).toBe(true)
    expect(await digestsOf(two, second)).toEqual(await digestsOf(one, first))
    await openAll(two, second)
    const objectsOf = (machine: Project) => fs.readdirSync(layout(machine.store).objects, { recursive: true }).sort()
    expect(objectsOf(two)).toEqual(objectsOf(one))
    expect(fs.readdirSync(layout(two.store).temporary)).toEqual([])
  })

  test("a cache that was emptied is filled again, and a result that only the cache has goes to the store in the next run", async () => {
    const store = make()
    const machine = machineOn(store)
    const first = await machine.run()
    fs.rmSync(machine.store, { recursive: true })
    expect(outcomes(await machine.run()).every(allOf("cached"))).toBe(true)
    await openAll(machine, first)
    const lost = (await namesIn(store.objects, "results/"))[0] ?? ""
    const [digest = ""] = (await namesIn(store.objects, "objects/")).slice(-1)
    await Effect.runPromise(store.objects.remove([lost, digest]))
    expect(outcomes(await machine.run()).every(allOf("cached"))).toBe(true)
    expect(await namesIn(store.objects, "results/")).toContain(lost)
  })

  test("two machines that run at once compute each stage once", async () => {
    const store = make()
    const machines = [machineOn(store), machineOn(store)]
    for (const machine of machines)
      machine.edit("draw.ts", "export const run", "await new Promise((resolve) => setTimeout(resolve, 0))\nexport const run")
    const runs = await Promise.all(machines.map((machine) => machine.run()))
    const computed = runs.flatMap(({ stages }) => stages.filter(({ outcome }) => outcome === "finished").map(({ id }) => id))
    expect(computed.sort()).toEqual([...new Set(computed)])
    expect(new Set(computed).size).toBe(runs[0]?.stages.length)
    for (const prefix of ["leases/", "alive/", "running/"]) expect(await namesIn(store.objects, prefix)).toEqual([])
  })

  test("runs of all machines are in one history, newest first, each with a number and a wiring", async () => {
    const store = make()
    const [one, two] = [machineOn(store), machineOn(store)]
    const runs = [await one.run(), await two.run(), await one.run()]
    const seen = await two.provided(
      Effect.gen(function* () {
        const { all, wiring } = yield* Runs
        const records = yield* all
        return yield* Effect.forEach(records, (record) =>
          Effect.map(wiring(record.wiring ?? ""), (found) => ({ ...record, wired: found?.stages.length })),
        )
      }),
    )
    expect(seen.map(({ run }) => run)).toEqual(runs.map(({ run }) => run).reverse())
    expect(seen.map(({ run }) => run.split(".r")[1])).toEqual(["3", "2", "1"])
    expect(seen.every(({ wired, stages }) => wired === stages.length)).toBe(true)
    expect([...(await two.provided(Effect.map(Runs, ({ history }) => [...history()])))]).toHaveLength(3)
  })

  test("a damaged object of the store is told, and made again by a run", async () => {
    const store = make()
    const [one, two] = [machineOn(store), machineOn(store)]
    const first = await one.run()
    const names = await namesIn(store.objects, "objects/")
    for (const name of names) await Effect.runPromise(store.objects.write(name, Buffer.from("not what its name says"), { ifAbsent: false }))
    await expect(openAll(two, first)).rejects.toMatchObject({ message: expect.stringContaining("is damaged or gone") })
    fs.rmSync(one.store, { recursive: true })
    const mended = await two.run()
    expect(mended.outcome).toBe("done")
    expect(outcomes(mended)).toContain("finished")
    await openAll(machineOn(store), { stages: mended.stages.slice(-1) })
    expect((await namesIn(store.objects, "quarantine/")).length).toBeGreaterThan(0)
  })

  test("a file of the store's folder is brought to another machine, and a store has one identity", async () => {
    const store = make()
    const [one, two] = [machineOn(store), machineOn(store)]
    const ask = <A, E>(machine: Project, question: (files: SharedFiles["Service"]) => Effect.Effect<A, E>) =>
      machine.provided(Effect.flatMap(SharedFiles, question))
    one.write("cache/code/worker.mjs", "first")
    await ask(one, ({ share }) => share("code/worker.mjs"))
    expect(await ask(two, ({ fetch }) => fetch("code/worker.mjs"))).toBe(true)
    expect(fs.readFileSync(`${two.store}/code/worker.mjs`, "utf8")).toBe("first")
    one.write("cache/code/worker.mjs", "second")
    await ask(one, ({ share }) => share("code/worker.mjs"))
    await ask(two, ({ fetch }) => fetch("code/worker.mjs"))
    expect(fs.readFileSync(`${two.store}/code/worker.mjs`, "utf8")).toBe("second")
    expect(await ask(two, ({ fetch }) => fetch("code/none"))).toBe(false)
    expect(await ask(two, ({ fetch }) => fetch("../package.json"))).toBe(false)
    const [a, b] = await Promise.all([ask(one, ({ identity }) => identity), ask(two, ({ identity }) => identity)])
    expect(a).toBe(b)
  })

  test("of eight machines that publish under one key at once, one wins, and all have its result", async () => {
    const store = make()
    const { stages } = await machineOn(store).run()
    const key = stages[0]?.key ?? ""
    await Effect.runPromise(store.objects.remove([`results/${key.slice(0, 2)}/${key}.json`]))
    const published = await Promise.all(
      Array.from({ length: 8 }, (_, index) => {
        const machine = machineOn(store)
        return machine.provided(
          Effect.gen(function* () {
            const folder = yield* (yield* Workspace).temporaryFolder
            const content = `of machine ${index}`
            fs.writeFileSync(`${folder}/file`, content)
            const object = createHash("sha256").update(content).digest("hex")
            const file = { name: "file", object, bytes: content.length, path: `${folder}/file` }
            const about = { format: 1 as const, key, stage: "draw", vector: [], seconds: index, created: "2026-01-01T00:00:00.000Z", host }
            const outputs = { out: { artifact: "out", kind: "files" as const, digest: object, bytes: content.length, files: [file] } }
            return yield* (yield* Results).publish({ manifest: about, outputs, folder })
          }).pipe(Effect.scoped),
        )
      }),
    )
    expect(new Set(published.map(({ seconds }) => seconds)).size).toBe(1)
    const seen = await machineOn(store).provided(Effect.flatMap(Results, ({ manifest }) => manifest(key)))
    expect(seen).toEqual(published[0])
  })

  test("a run that goes on elsewhere is known here, its journal is read, and both end with it", async () => {
    const store = make()
    const [one, two] = [machineOn(store), machineOn(store)]
    const elsewhere = { ...thisProcess(), host: "another", namespace: "pid:[1]", boot: "another" }
    const run = "2026-01-01T00-00-00.000Z.r1"
    const sign = { ...elsewhere, since: Date.now(), collection: null, objects: [], uses: 0 }
    await Effect.runPromise(store.objects.write(signName("elsewhere"), signText(sign), { ifAbsent: false }))
    const mark = JSON.stringify({ ...elsewhere, since: Date.now(), tag: "elsewhere" })
    await Effect.runPromise(store.objects.write(`running/${run}`, Buffer.from(mark), { ifAbsent: false }))
    const running = (machine: Project) => machine.provided(Effect.flatMap(Journals, (journals) => journals.running))
    expect((await running(two)).map(({ run, process }) => [run, process?.host])).toEqual([[run, "another"]])
    await Effect.runPromise(store.objects.remove([`running/${run}`]))
    expect(await running(two)).toEqual([])
    const summary = await one.run()
    const events = await two.provided(Effect.flatMap(Journals, ({ read }) => read(summary.run)))
    expect(events.at(-1)).toMatchObject({ type: "run.finished", outcome: "done" })
    expect(events.filter(({ type }) => type === "stage.finished")).toHaveLength(summary.stages.length)
    expect(
      await two.provided(
        Effect.map(
          Effect.flatMap(Journals, ({ head }) => head(summary.run)),
          (head) => head?.pipeline,
        ),
      ),
    ).toBe("toy")
  })

  test("what fails on one machine is on record for others", async () => {
    const store = make()
    const [one, two] = [machineOn(store), machineOn(store)]
    one.edit("square.ts", "export const run", "throw new Error('no')\nexport const run")
    expect((await one.run()).outcome).toBe("failed")
    const failures = await two.provided(Effect.flatMap(Runs, ({ failures }) => failures))
    expect(failures.length).toBeGreaterThan(0)
    expect(failures[0]).toMatchObject({ stage: "square", number: 1 })
  })

  test("a plan with an empty cache takes few requests", async () => {
    const store = make()
    await machineOn(store).run()
    const before = await Effect.runPromise(Stream.runCollect(store.objects.list("packs/")))
    expect(before.flat()).toHaveLength(1)
    const plan = await machineOn(store).plan()
    expect(plan.stages.every(({ verdict }) => verdict === "cached")).toBe(true)
  })
}
