import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect, Fiber, Layer, Stream } from "effect"
import { expect, onTestFinished, test } from "vitest"
import {
  type JournalEvent,
  Journals,
  Remarks,
  type RunChange,
  type RunEvent,
  Runs,
  Settings,
  type SettingsShape,
  type Store,
  storeLayer,
  Upkeep,
  Workspace,
} from "../../../../runtime/index.ts"
import { layout } from "../../../../runtime/store/layout.ts"
import type { RunRecord } from "../../../../runtime/store/runs/record.ts"

const newStore = () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "assay-journals-"))
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }))
  const settings = Layer.succeed(Settings, { store: root } as SettingsShape)
  const services = Layer.provideMerge(Journals.layer, storeLayer).pipe(Layer.provide(settings))
  const provided = <A, E>(effect: Effect.Effect<A, E, Store | Journals>): Promise<A> => Effect.runPromise(Effect.provide(effect, services))
  return { root, places: layout(root), provided }
}

const run = "2030-01-01T00-00-00.000Z.r1"
const head = { run, pipeline: "p", path: "/p.ts", created: "2030-01-01T00:00:00.000Z", wiring: "f".repeat(64), threads: 2 }
const key = "0".repeat(64)
const about = (id: string) => ({ id, stage: "train" })
const started: RunEvent = { type: "run.started", run, pipeline: "p", stages: 2 }
const ended = (outcome: "done" | "failed" | "interrupted"): RunEvent => ({
  type: "run.finished",
  run,
  outcome,
  cached: 0,
  finished: 1,
  failed: 0,
  skipped: 0,
  seconds: 1,
})
const start = (id: string): RunEvent => ({ type: "stage.started", ...about(id), key })
const finish = (id: string): RunEvent => ({ type: "stage.finished", ...about(id), key, seconds: 1 })
const print = (id: string, text: string): RunEvent => ({ type: "stage.output", ...about(id), text })
const metrics = (id: string, step: number): RunEvent => ({ type: "stage.metrics", ...about(id), step, values: { loss: step } })
const progress = (id: string, step: number): RunEvent => ({
  type: "stage.progress",
  ...about(id),
  step,
  total: 1000,
  values: { loss: step },
})

/** A run of this process that goes on while its scope is open. */
const openRun = Effect.gen(function* () {
  yield* (yield* Workspace).present(run)
  return yield* (yield* Journals).open(head)
})

/** A run with these events, from its beginning to its end. */
const runWith = (events: ReadonlyArray<RunEvent>) => Effect.scoped(Effect.map(openRun, (journal) => events.forEach(journal.append)))

const read = Effect.flatMap(Journals, ({ read }) => read(run))
const bare = (events: ReadonlyArray<JournalEvent>) => events.map(({ seq: _, at: __, ...event }) => event)

test("of a run that has ended, what its results have is gone, and what was printed, started, finished and warned of stays, with times", async () => {
  const { provided, places } = newStore()
  const story: ReadonlyArray<RunEvent> = [
    started,
    start("a"),
    ...Array.from({ length: 100 }, (_, step) => metrics("a", step)),
    progress("a", 100),
    print("a", "one"),
    { type: "warning", id: "a", message: "hm" },
    finish("a"),
    start("b"),
    metrics("b", 1),
    progress("b", 1),
    ended("interrupted"),
  ]
  await provided(runWith(story))
  const events = await provided(read)
  // A stage without a result keeps what it measured, which is nowhere else.
  const gone = (event: RunEvent) => (event.type === "stage.metrics" || event.type === "stage.progress") && event.id === "a"
  expect(bare(events)).toEqual(story.filter((event) => !gone(event)))
  for (const [index, { seq, at }] of events.entries()) {
    expect(Number.isInteger(at)).toBe(true)
    expect(seq).toBeGreaterThan(events[index - 1]?.seq ?? 0)
  }
  expect(fs.readdirSync(places.journals)).toEqual([`${run}.ndjson`])
  expect(await provided(Effect.flatMap(Journals, ({ head }) => head(run)))).toMatchObject({ pipeline: "p", threads: 2, format: 1 })
})

test("of a stage that printed much, the last thousand lines stay, and how many came before them", async () => {
  const { provided } = newStore()
  await provided(
    runWith([started, start("a"), ...Array.from({ length: 3000 }, (_, line) => print("a", `line ${line}`)), finish("a"), ended("done")]),
  )
  const events = bare(await provided(read))
  expect(events.slice(0, 4)).toEqual([started, start("a"), { type: "stage.omitted", id: "a", lines: 2000 }, print("a", "line 2000")])
  expect(events.filter(({ type }) => type === "stage.output")).toHaveLength(1000)
})

test("a follower gets what there is, then what comes, from the number on that it asks for, and ends with the run", async () => {
  const { provided } = newStore()
  const [all, late] = await provided(
    Effect.gen(function* () {
      const journals = yield* Journals
      const fiber = yield* Effect.scoped(
        Effect.gen(function* () {
          const journal = yield* openRun
          journal.append(started)
          journal.append(start("a"))
          const fiber = yield* Effect.forkDetach(Stream.runCollect(journals.follow(run)))
          yield* Effect.sleep(500)
          for (let step = 1; step <= 5; step++) {
            journal.append(metrics("a", step))
            yield* Effect.sleep(100)
          }
          journal.append(finish("a"))
          journal.append(ended("done"))
          return fiber
        }),
      )
      const all = yield* Fiber.join(fiber)
      return [all, yield* Stream.runCollect(journals.follow(run, all[3]?.seq))] as const
    }),
  )
  expect(bare(all)).toEqual([started, start("a"), ...[1, 2, 3, 4, 5].map((step) => metrics("a", step)), finish("a"), ended("done")])
  // Reconnected after the end: what has been removed meanwhile is missed out.
  expect(bare(late)).toEqual([finish("a"), ended("done")])
})

test("what is appended reaches a follower within half a second", async () => {
  const { provided } = newStore()
  const latencies = await provided(
    Effect.scoped(
      Effect.gen(function* () {
        const journals = yield* Journals
        const journal = yield* openRun
        const sent = new Map<number, number>()
        const seen: Array<number> = []
        const follow = Stream.runForEach(journals.follow(run), (event) =>
          Effect.sync(() => {
            if (event.type === "stage.metrics") seen.push(performance.now() - (sent.get(event.step) ?? 0))
          }),
        )
        yield* Effect.forkChild(follow)
        for (let step = 1; step <= 10; step++) {
          yield* Effect.sleep(130)
          sent.set(step, performance.now())
          journal.append(metrics("a", step))
        }
        yield* Effect.sleep(1500)
        return seen
      }),
    ),
  )
  expect(latencies).toHaveLength(10)
  expect(latencies.sort((a, b) => a - b)[5]).toBeLessThan(500)
})

test("a journal that is cut in the middle of a line is read up to there, and its run has died", async () => {
  const { provided, places } = newStore()
  await provided(runWith([started, start("a"), finish("a"), ended("done")]))
  const text = fs.readFileSync(places.journal(run), "utf8")
  fs.writeFileSync(places.journal(run), text.slice(0, text.indexOf('"stage.finished"') + 5))
  const expected = [started, start("a"), { type: "run.died", run }]
  expect(bare(await provided(read))).toEqual(expected)
  expect(bare(await provided(Effect.flatMap(Journals, ({ follow }) => Stream.runCollect(follow(run)))))).toEqual(expected)
})

test("a line that is damaged in the middle is skipped", async () => {
  const { provided, places } = newStore()
  await provided(runWith([started, start("a"), print("a", "one"), finish("a"), ended("done")]))
  fs.writeFileSync(places.journal(run), fs.readFileSync(places.journal(run), "utf8").replace('"text":"one"', '"text"x"one"'))
  expect(bare(await provided(read))).toEqual([started, start("a"), finish("a"), ended("done")])
})

test("a run without a journal, of an earlier version or never run, has no events, and its record says how it ended", async () => {
  const { provided } = newStore()
  const events = Effect.gen(function* () {
    const journals = yield* Journals
    return [yield* journals.read(run), yield* Stream.runCollect(journals.follow(run)), yield* journals.head(run)]
  })
  expect(await provided(events)).toEqual([[], [], null])
})

test("a run whose record says how it ended has not died, even if its journal lacks the end", async () => {
  const { provided, places } = newStore()
  await provided(runWith([started, ended("done")]))
  const text = fs.readFileSync(places.journal(run), "utf8")
  fs.writeFileSync(places.journal(run), `${text.trimEnd().split("\n").slice(0, -1).join("\n")}\n`)
  const record: RunRecord = { format: 1, run, pipeline: "p", path: "/p.ts", created: "2030", seconds: 1, outcome: "done", stages: [] }
  await provided(Effect.flatMap(Runs, (runs) => runs.record(record)))
  expect(bare(await provided(read))).toEqual([started])
})

test("a journal of a newer format is left alone and not read", async () => {
  const { provided, places } = newStore()
  await provided(runWith([started, ended("done")]))
  fs.writeFileSync(places.journal(run), fs.readFileSync(places.journal(run), "utf8").replace('"format":1', '"format":2'))
  expect(await provided(read)).toEqual([])
})

test.each(["", "..", "../pins/x", "a/b", "a\0b"])("a name that leads elsewhere (%j) is that of no run", async (name) => {
  const { provided } = newStore()
  const answers = Effect.gen(function* () {
    const journals = yield* Journals
    const events = yield* Stream.runCollect(journals.follow(name))
    return [events, yield* journals.read(name), yield* journals.head(name), (yield* journals.status(name)).alive]
  })
  expect(await provided(answers)).toEqual([[], [], null, false])
})

test("a journal is compacted while its run goes on: metrics of finished stages go, and a follower misses nothing", async () => {
  const { provided, places } = newStore()
  const padding = "x".repeat(3000)
  const steps = 6_000
  const { seen, size } = await provided(
    Effect.scoped(
      Effect.gen(function* () {
        const journals = yield* Journals
        const journal = yield* openRun
        journal.append(started)
        journal.append(start("a"))
        const seen: Array<string> = []
        yield* Effect.forkChild(
          Stream.runForEach(journals.follow(run), (event) =>
            Effect.sync(() => seen.push("step" in event ? `${event.id} ${event.step}` : event.type)),
          ),
        )
        for (let step = 0; step < steps; step++) {
          journal.append({ ...metrics("a", step), values: { [padding]: step } } as RunEvent)
          if (step % 500 === 0) yield* Effect.sleep(20)
        }
        while (seen.length < steps + 2) yield* Effect.sleep(50)
        journal.append(finish("a"))
        journal.append(start("b"))
        while (fs.statSync(places.journal(run)).size > 1_000_000) yield* Effect.sleep(50)
        journal.append(metrics("b", 1))
        while (seen.at(-1) !== "b 1") yield* Effect.sleep(50)
        return { seen, size: fs.statSync(places.journal(run)).size }
      }),
    ),
  )
  expect(size).toBeLessThan(10_000)
  expect(seen.slice(0, 3)).toEqual(["run.started", "stage.started", "a 0"])
  expect(seen.slice(-4)).toEqual([`a ${steps - 1}`, "stage.finished", "stage.started", "b 1"])
  expect(seen).toHaveLength(steps + 5)
})

test("a journal that cannot be written is remarked once, and the run goes on; what was held back follows when there is room again", async () => {
  const { provided, places } = newStore()
  fs.writeFileSync(places.journals, "in the way")
  const remarks = await provided(
    Effect.gen(function* () {
      yield* Effect.scoped(
        Effect.gen(function* () {
          const journal = yield* openRun
          journal.append(started)
          yield* Effect.sleep(500)
          journal.append(start("a"))
          yield* Effect.sleep(500)
          fs.rmSync(places.journals)
          journal.append(ended("done"))
        }),
      )
      return yield* (yield* Remarks).take
    }),
  )
  expect(remarks).toEqual([expect.stringMatching(/^the journal .* cannot be written: .*; the run goes on/)])
  expect(bare(await provided(read))).toEqual([started, start("a"), ended("done")])
})

test("ten thousand metrics a second take a small part of one core, from the event to its line, compaction included", async () => {
  const { provided, places } = newStore()
  const [seconds, perSecond] = [5, 10_000]
  const { user, system } = await provided(
    Effect.gen(function* () {
      const values = { loss: 0.312345, accuracy: 0.75, margin: 1.25, kl: 0.0123, reward: 0.5, gradient: 12.5 }
      const before = process.cpuUsage()
      yield* Effect.scoped(
        Effect.gen(function* () {
          const journal = yield* openRun
          journal.append(start("a"))
          // As they come from a stage: many at a time, twenty times a second.
          for (let step = 0; step < seconds * perSecond; step++) {
            journal.append({ ...metrics("a", step), values } as RunEvent)
            if (step % (perSecond / 20) === 0) yield* Effect.sleep(50)
          }
          journal.append(finish("a"))
          journal.append(ended("done"))
        }),
      )
      return process.cpuUsage(before)
    }),
  )
  // 2 to 4 % where it was measured; a limit is for what is an order of magnitude off.
  expect((user + system) / 1e6 / seconds).toBeLessThan(0.4)
  expect(fs.statSync(places.journal(run)).size).toBeLessThan(2000)
})

test("what becomes of runs is told: that they appear, change, end, and are removed", async () => {
  const { provided, places } = newStore()
  const record = (outcome: RunRecord["outcome"]): RunRecord => ({
    format: 1,
    run,
    pipeline: "p",
    path: "/p.ts",
    created: "2030",
    seconds: 1,
    outcome,
    stages: [],
  })
  const changes: Array<RunChange> = []
  await provided(
    Effect.gen(function* () {
      const journals = yield* Journals
      const runs = yield* Runs
      const isTold = (change: RunChange["change"]) =>
        Effect.gen(function* () {
          while (!changes.some((each) => each.change === change)) yield* Effect.sleep(20)
        }).pipe(Effect.timeout("10 seconds"))
      yield* Effect.forkChild(Stream.runForEach(journals.changes, (change) => Effect.sync(() => changes.push(change))))
      yield* Effect.sleep(200)
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* openRun
          yield* isTold("appeared")
          expect(yield* journals.running).toEqual([{ run, alive: true, process: { host: os.hostname(), pid: process.pid } }])
          yield* runs.record(record("unfinished"))
          yield* isTold("changed")
        }),
      )
      yield* isTold("ended")
      expect(yield* journals.running).toEqual([])
      fs.rmSync(places.journal(run))
      fs.rmSync(places.run(run))
      yield* isTold("removed")
    }),
  )
  expect(changes.map(({ change }) => change)).toEqual(["appeared", "changed", "ended", "removed"])
  expect(new Set(changes.map((change) => change.run))).toEqual(new Set([run]))
})

test("gc removes journals of runs that keep nothing any more, of killed runs too, and wirings that no run names", async () => {
  const { provided, places } = newStore()
  const old = new Date(Date.now() - 3600_000)
  const write = (file: string, text: string): void => {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, text)
    fs.utimesSync(file, old, old)
  }
  const hex = (letter: string): string => letter.repeat(64)
  const recordOf = (run: string, outcome: RunRecord["outcome"], wiring: string): void =>
    write(
      places.run(run),
      JSON.stringify({ format: 1, run, pipeline: "p", path: "/p.ts", created: "2030", seconds: 1, outcome, wiring, stages: [] }),
    )
  recordOf("2030.r1", "done", hex("1"))
  recordOf("2030.r2", "unfinished", hex("2"))
  recordOf("2030.r3", "done", hex("3"))
  recordOf("2030.r4", "unfinished", hex("3"))
  write(places.run("2030.r5"), '{"format":2}')
  for (const run of ["2030.r1", "2030.r2", "2030.r3", "2030.r4", "2030.r5", "2030.r6"]) write(places.journal(run), "{}\n")
  write(places.journal("2030.r7"), `${JSON.stringify({ type: "journal", format: 1, wiring: hex("7") })}\n`)
  fs.writeFileSync(places.journal("2030.r8"), "{}\n")
  for (const digit of ["1", "2", "3", "7", "9"]) write(places.wiring(hex(digit)), "")
  await provided(
    Effect.scoped(
      Effect.gen(function* () {
        yield* (yield* Workspace).present("2030.r7")
        yield* Effect.sleep(150)
        yield* (yield* Upkeep).collect({ runs: 1, size: 0, dry: true })
        expect(fs.readdirSync(places.journals)).toHaveLength(8)
        yield* (yield* Upkeep).collect({ runs: 1, size: 0, dry: false })
      }),
    ),
  )
  // The last run of the pipeline, the killed one after it, one of another version, one that goes
  // on, and one that was written just now.
  expect(fs.readdirSync(places.journals).sort()).toEqual(
    ["2030.r3", "2030.r4", "2030.r5", "2030.r7", "2030.r8"].map((run) => `${run}.ndjson`),
  )
  expect(fs.readdirSync(places.wirings).sort()).toEqual(["1", "2", "3", "7"].map((digit) => `${hex(digit)}.json.gz`))
})
