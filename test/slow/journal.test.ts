import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Effect, Layer, Stream } from "effect"
import { expect, test } from "vitest"
import { type JournalEvent, Journals, type RunEvent, Settings, type SettingsShape, storeLayer } from "../../runtime/index.ts"
import { advance, initialState, itemsOf } from "../../runtime/observe/state.ts"
import { filesUnder, killAll, openToy, pipeline, startProcess, type Toy } from "./toy.ts"

const storeOf = (toy: Toy): string => path.join(toy.root, ".assay")

const provided = <A, E>(toy: Toy, effect: Effect.Effect<A, E, Journals>): Promise<A> => {
  const settings = Layer.succeed(Settings, { store: storeOf(toy) } as SettingsShape)
  return Effect.runPromise(Effect.provide(effect, Layer.provideMerge(Journals.layer, storeLayer).pipe(Layer.provide(settings))))
}

const follow = (toy: Toy, run: string, from?: number): Promise<ReadonlyArray<JournalEvent>> =>
  provided(
    toy,
    Effect.flatMap(Journals, (journals) => Stream.runCollect(journals.follow(run, from))),
  )

const runsIn = (toy: Toy): ReadonlyArray<string> =>
  filesUnder(path.join(storeOf(toy), "journals")).map((file) => path.basename(file).replace(/\.ndjson$/, ""))

/** Waits until the store has a journal that is not among `known`. */
const newRun = async (toy: Toy, known: ReadonlyArray<string> = []): Promise<string> => {
  for (let waited = 0; waited < 6000; waited++) {
    const run = runsIn(toy).find((run) => !known.includes(run))
    if (run !== undefined) return run
    await sleep(100)
  }
  throw new Error("no run has begun")
}

const bare = (events: ReadonlyArray<JournalEvent>): ReadonlyArray<unknown> => events.map(({ seq: _, at: __, ...event }) => event)
const isProgress = ({ type }: { readonly type: string }): boolean => type === "stage.progress"

test("another process that follows a run sees every event in order, in progress the latest, and when each of them happened", async () => {
  const toy = openToy(pipeline(500, 40))
  const command = toy.start(["run", "pipeline.ts", "--json"])
  const events = await follow(toy, await newRun(toy))
  const { stdout, code } = await command.ended
  expect(code).toBe(0)
  const printed = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent)
  expect(bare(events.filter((event) => !isProgress(event)))).toEqual(printed.filter((event) => !isProgress(event)))
  const progress = printed.filter(isProgress).map((event) => JSON.stringify(event))
  for (const event of bare(events.filter(isProgress))) expect(progress).toContain(JSON.stringify(event))
  // The last step of each stage is among them.
  const ended = (all: ReadonlyArray<{ readonly type: string }>) =>
    all.filter((event) => "step" in event && isProgress(event) && event.step === 40)
  expect(ended(events)).toHaveLength(ended(printed).length)
  const state = events.reduce((state, event) => advance(state, event, event.at / 1000), initialState(0))
  expect(state).toMatchObject({ pipeline: "toy", stages: 7, finished: 7, outcome: "done" })
  for (const stage of itemsOf(state.settled)) expect(Math.abs(stage.at - (state.ended ?? 0))).toBeLessThan(state.ended ?? 0)
})

test("a run that is killed ends for its followers within seconds, and it is told; run again, another journal goes on from its checkpoint", async () => {
  const toy = openToy(pipeline(500, 200))
  const command = toy.start(["run", "pipeline.ts"])
  const run = await newRun(toy)
  const followed = follow(toy, run)
  const reports = (events: ReadonlyArray<JournalEvent>) => events.filter(({ type }) => type === "stage.metrics").length
  const read = provided.bind(
    null,
    toy,
    Effect.flatMap(Journals, ({ read }) => read(run)),
  ) as () => Promise<ReadonlyArray<JournalEvent>>
  while (reports(await read()) < 60) await sleep(50)
  const { status } = await provided(
    toy,
    Effect.map(Journals, ({ status }) => ({ status })),
  )
  expect(await provided(toy, status(run))).toMatchObject({ alive: true, process: { pid: expect.any(Number) } })
  killAll(command)
  const killed = performance.now()
  const events = await followed
  expect(performance.now() - killed).toBeLessThan(10_000)
  expect(events.at(-1)).toMatchObject({ type: "run.died", run })
  expect(await provided(toy, status(run))).toMatchObject({ alive: false })
  expect(await read()).toEqual(events)
  const state = events.reduce((state, event) => advance(state, event, event.at / 1000), initialState(0))
  expect(state.outcome).toBe("died")
  expect(itemsOf(state.settled).some(({ outcome, progress }) => outcome === "interrupted" && progress !== null)).toBe(true)

  const again = toy.start(["run", "pipeline.ts"])
  const resumed = await follow(toy, await newRun(toy, [run]))
  expect((await again.ended).code).toBe(0)
  expect(resumed.some(({ type }) => type === "stage.resumed")).toBe(true)
  expect(resumed.at(-1)).toMatchObject({ type: "run.finished", outcome: "done" })
  expect(await read()).toEqual(events)
})

test("an interrupted run says so in its journal, which is compacted", async () => {
  const toy = openToy(pipeline(500, 200))
  const command = toy.start(["run", "pipeline.ts"])
  const run = await newRun(toy)
  const followed = follow(toy, run)
  await sleep(1500)
  command.process.kill("SIGTERM")
  await command.ended
  expect((await followed).at(-1)).toMatchObject({ type: "run.finished", outcome: "interrupted" })
  expect(filesUnder(path.join(storeOf(toy), "journals"))).toHaveLength(1)
  expect(filesUnder(path.join(storeOf(toy), "running"))).toEqual([])
})

test("two runs at once have a journal each, and what one computes the other finds cached", async () => {
  const toy = openToy(pipeline(500, 20))
  const commands = [toy.start(["run", "pipeline.ts"]), toy.start(["run", "pipeline.ts"])]
  const first = await newRun(toy)
  const second = await newRun(toy, [first])
  const journals = await Promise.all([follow(toy, first), follow(toy, second)])
  for (const command of commands) expect((await command.ended).code).toBe(0)
  for (const [index, events] of journals.entries()) {
    const run = [first, second][index]
    expect(events[0]).toMatchObject({ type: "run.started", run })
    expect(events.at(-1)).toMatchObject({ type: "run.finished", run, outcome: "done" })
    expect(events.filter(({ type }) => type === "stage.finished" || type === "stage.cached")).toHaveLength(7)
  }
  expect(journals.flat().filter(({ type }) => type === "stage.finished")).toHaveLength(7)
})

const canMount = ((): boolean => {
  try {
    execFileSync("unshare", ["-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
})()

test("a store that cannot be written is followed and read, and left as it is", async () => {
  const toy = openToy(pipeline(100, 2))
  expect((await toy.start(["run", "pipeline.ts"]).ended).code).toBe(0)
  const [run = ""] = runsIn(toy)
  const before = filesUnder(storeOf(toy)).map((file) => [file, fs.statSync(file).mtimeMs])
  const script = [
    process.execPath,
    "--import",
    "tsx",
    "--conditions=assay-source",
    path.join(import.meta.dirname, "follow.ts"),
    storeOf(toy),
    run,
  ]
  const readOnly = canMount ? "mount --bind .assay .assay && mount -o remount,bind,ro .assay" : "chmod -R a-w .assay"
  const [shell, ...prefix] = canMount ? (["unshare", "-rm", "sh"] as const) : (["sh"] as const)
  const root = path.resolve(import.meta.dirname, "../..")
  const command = `${readOnly}; cd '${root}'; ${script.map((part) => `'${part}'`).join(" ")}`
  const { stdout, stderr, code } = await startProcess(shell, [...prefix, "-c", command], toy.root, {}).ended
  expect(code, stderr).toBe(0)
  const answer = JSON.parse(stdout) as Readonly<Record<"read" | "followed" | "changes" | "running", ReadonlyArray<JournalEvent>>>
  expect(answer.followed.at(-1)).toMatchObject({ type: "run.finished", outcome: "done" })
  expect(answer.read).toEqual(answer.followed)
  expect([answer.changes, answer.running]).toEqual([[], []])
  expect(filesUnder(storeOf(toy)).map((file) => [file, fs.statSync(file).mtimeMs])).toEqual(before)
})
