import * as fs from "node:fs"
import { Effect, Exit, Scope } from "effect"
import { beforeEach, describe, expect, test } from "vitest"
import { Journals, type RunEvent, type WiredStage, Workspace } from "../../runtime/index.ts"
import type { Curve, MetricSource, RunChange, RunDetails, RunsChanged, StageDetails } from "../../serve/api.ts"
import { type Project, project } from "../runtime/project.ts"
import { messagesIn, openStream, type Served, type Stream, serveStore, until } from "./server.ts"
import { publishTable, recordRun } from "./stored.ts"

let folder: Project
let served: Served
beforeEach(async () => {
  folder = project({})
  served = await serveStore(folder)
  return () => served.stop()
})

const wired = (id: string, outputs: WiredStage["outputs"] = { policy: "policy", metrics: "metrics" }): WiredStage => ({
  id,
  stage: "train",
  group: id,
  at: { seed: 1 },
  parameters: {},
  inputs: [],
  outputs,
})

interface LiveRun {
  readonly run: string
  /** Says what happens, now. */
  readonly say: (...events: ReadonlyArray<RunEvent>) => void
  readonly end: (outcome: "done" | "failed") => Promise<void>
}

/** A run of this process that goes on until it is ended. */
const beginRun = async (ids: ReadonlyArray<string>): Promise<LiveRun> => {
  const wiring = ids.map((id) => wired(id))
  const outcomes = Object.fromEntries(ids.map((id) => [id, "unfinished"] as const))
  const record = await recordRun(folder, outcomes, { outcome: "unfinished", wiring, created: new Date().toISOString() })
  const { run } = record
  const scope = Effect.runSync(Scope.make())
  const journal = await folder.provided(
    Effect.gen(function* () {
      yield* (yield* Workspace).present(run)
      const { open } = yield* Journals
      return yield* open({ run, pipeline: "made", path: record.path, created: record.created, wiring: record.wiring ?? "", threads: 2 })
    }).pipe(Scope.provide(scope)),
  )
  journal.append({ type: "run.started", run, pipeline: "made", stages: ids.length })
  return {
    run,
    say: (...events) => events.forEach(journal.append),
    end: async (outcome) => {
      journal.append({ type: "run.finished", run, outcome, cached: 0, finished: 1, failed: 0, skipped: 0, seconds: 1 })
      await recordRun(folder, outcomes, { run, outcome, wiring, created: record.created })
      await Effect.runPromise(Scope.close(scope, Exit.void))
    },
  }
}

const start = (id: string): RunEvent => ({ type: "stage.started", id, stage: "train", key: "0".repeat(64) })
const print = (id: string, text: string): RunEvent => ({ type: "stage.output", id, stage: "train", text })
const measure = (id: string, step: number, values = { loss: 1 / step, kl: step }): RunEvent => ({
  type: "stage.metrics",
  id,
  stage: "train",
  step,
  values,
})

const changesOf = (stream: Stream) => messagesIn<RunChange>(stream.text())
const linesOf = (stream: Stream) => changesOf(stream).flatMap(({ data }) => (data.type === "line" ? [data.text] : []))
const stepsOf = (stream: Stream) => changesOf(stream).flatMap(({ data }) => (data.type === "metrics" ? [data.step] : []))
const follow = (run: string, headers: Readonly<Record<string, string>> = {}, query = "") =>
  openStream(served, `/api/runs/${run}/live${query}`, { headers })

test("what happened and what happens arrives once, in order, with where the run stands, and ends with the run", async () => {
  const { run, say, end } = await beginRun(["a"])
  say(start("a"), print("a", "line 0"))
  const stream = await follow(run)
  expect(stream.headers).toMatchObject({ "content-type": "text/event-stream", "cache-control": "no-store" })
  for (let n = 1; n < 200; n++) {
    say(print("a", `line ${n}`), measure("a", n))
    if (n % 40 === 0) await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await until("the last line", () => linesOf(stream).length === 200)
  const standing = changesOf(stream).flatMap(({ data }) => (data.type === "state" ? [data.state] : []))
  expect(standing.at(-1)).toMatchObject({ total: 1, done: 0, failed: 0, running: [{ id: "a", stage: "train" }] })
  await end("done")
  expect(await stream.ended).toBe(true)
  expect(linesOf(stream)).toEqual(Array.from({ length: 200 }, (_, n) => `line ${n}`))
  expect(stepsOf(stream)).toEqual(Array.from({ length: 199 }, (_, n) => n + 1))
  expect(changesOf(stream).at(-1)?.data).toEqual({ type: "end", outcome: "done" })
  const ids = changesOf(stream).map(({ id }) => Number(id))
  expect(ids).toEqual([...ids].sort((a, b) => a - b))
})

describe("a client that lost the connection", () => {
  test.each(["header", "address"])("gets what came after its last message, and nothing twice: the number in the %s", async (where) => {
    const { run, say, end } = await beginRun(["a"])
    say(start("a"))
    const lines: Array<string> = []
    const steps: Array<number> = []
    let last = "0"
    let said = 0
    for (let connection = 0; connection < 6; connection++) {
      const stream = await (where === "header" ? follow(run, { "last-event-id": last }) : follow(run, {}, `?after=${last}`))
      for (let n = 0; n < 30; n++) {
        said += 1
        say(print("a", `line ${said}`), measure("a", said))
      }
      // Cut in the midst of what comes.
      await until("some messages", () => changesOf(stream).some(({ data }) => data.type === "line"))
      stream.close()
      const messages = changesOf(stream)
      lines.push(...linesOf(stream))
      steps.push(...stepsOf(stream))
      last = messages.at(-1)?.id ?? last
    }
    await end("done")
    const stream = await follow(run, { "last-event-id": last })
    expect(await stream.ended).toBe(true)
    expect([...lines, ...linesOf(stream)]).toEqual(Array.from({ length: said }, (_, n) => `line ${n + 1}`))
    expect(new Set([...steps, ...stepsOf(stream)]).size).toBe(steps.length + stepsOf(stream).length)
    expect(changesOf(stream).at(-1)?.data).toEqual({ type: "end", outcome: "done" })
  })

  test("that gives no number of a message is told so", async () => {
    const { run, end } = await beginRun(["a"])
    for (const after of ["x", "-1", "1e3", "9".repeat(30)]) {
      expect(await served.refused(`/runs/${run}/live?after=${after}`), after).toMatchObject({ status: 400, error: "BadQuestion" })
    }
    await end("done")
  })
})

test("between a stage's log and the stream that goes on with it no line is lost and none is twice, however fast it prints", async () => {
  const { run, say, end } = await beginRun(["a"])
  say(start("a"))
  let said = 0
  const timer = setInterval(() => {
    said += 1
    say(print("a", `line ${said}`))
  }, 1)
  try {
    for (let time = 0; time < 5; time++) {
      const { log, seq } = await served.get<StageDetails>(`/runs/${run}/stages/a`)
      await new Promise((resolve) => setTimeout(resolve, 120 * time))
      const stream = await follow(run, {}, `?after=${seq}`)
      const wanted = said + 20
      await until("later lines", () => (linesOf(stream).at(-1) === undefined ? false : Number(linesOf(stream).at(-1)?.slice(5)) > wanted))
      stream.close()
      const all = [...log, ...linesOf(stream)]
      expect(all).toEqual(all.map((_, n) => `line ${n + 1}`))
    }
    // Without a number, all lines come again: the stream alone is whole too.
    const stream = await follow(run)
    await until("some lines", () => linesOf(stream).length > 50)
    expect(linesOf(stream)).toEqual(linesOf(stream).map((_, n) => `line ${n + 1}`))
    stream.close()
  } finally {
    clearInterval(timer)
  }
  await end("done")
})

test("a stage that is being computed tells what it printed, measured and since when, and one that failed what it failed with", async () => {
  const { run, say, end } = await beginRun(["a", "b", "c"])
  say(start("a"), print("a", "hello"), measure("a", 1), measure("a", 2), start("b"), print("b", "broken"))
  say({ type: "stage.failed", id: "b", stage: "train", tag: "Boom", message: "the loss is NaN", details: {}, record: "", seconds: 1 })
  await until("the journal is written", async () => (await served.get<StageDetails>(`/runs/${run}/stages/b`)).log.length > 0)
  const a = await served.get<StageDetails>(`/runs/${run}/stages/a`)
  expect(a).toMatchObject({ log: ["hello"], message: null, failure: null })
  expect(a.started).toBeGreaterThanOrEqual(0)
  expect(await served.get<ReadonlyArray<MetricSource>>(`/runs/${run}/metrics`)).toEqual(
    ["a", "b", "c"].map((id) => ({ run, id, arm: id, at: { seed: "1" }, names: id === "a" ? ["loss", "kl"] : [], live: true })),
  )
  const curve = { series: [{ run, id: "a" }], metric: "loss", x: "step", points: 100 }
  expect(await served.post<ReadonlyArray<Curve>>("/curves", curve)).toEqual([
    { run, id: "a", arm: "a", at: { seed: "1" }, x: [1, 2], y: [1, 0.5] },
  ])
  expect((await served.post<ReadonlyArray<Curve>>("/curves", { ...curve, x: "kl" }))[0]?.x).toEqual([1, 2])
  expect(await served.post<ReadonlyArray<Curve>>("/curves", { ...curve, series: [{ run, id: "c" }] })).toEqual([])
  await end("failed")
  const { run: ended } = await recordRun(folder, { a: "interrupted", b: "failed" }, { run, outcome: "failed" })
  const { stages } = await served.get<RunDetails>(`/runs/${ended}`)
  expect(stages.map(({ id, message, seconds }) => [id, message, seconds])).toEqual([
    // A stage that did not come to an end may never have begun: its 0 seconds say nothing.
    ["a", null, null],
    ["b", "the loss is NaN", 0],
  ])
  for (const { started } of stages) expect(started).toBeGreaterThanOrEqual(0)
})

test("the list of runs is told of a run that begins, changes and ends, also where that happened just before", async () => {
  const early = await beginRun(["a"])
  const stream = await openStream(served, "/api/live")
  const told = () =>
    messagesIn<RunsChanged>(stream.text()).flatMap(({ data }) => data.runs.map(({ run, alive, outcome }) => [run, alive, outcome]))
  await until("the run that goes on", () => told().length > 0)
  expect(told()).toEqual([[early.run, true, "unfinished"]])
  const late = await beginRun(["b"])
  await until("the run that began", () => told().some(([run, alive]) => run === late.run && alive === true))
  await late.end("done")
  await until("its end", () => told().some(([run, alive, outcome]) => run === late.run && alive === false && outcome === "done"))
  await early.end("failed")
  const after = await openStream(served, "/api/live")
  await until("those that have just ended", () => messagesIn(after.text()).length > 0)
  expect(messagesIn<RunsChanged>(after.text())[0]?.data.runs.map(({ run, outcome }) => [run, outcome])).toEqual([
    [late.run, "done"],
    [early.run, "failed"],
  ])
  stream.close()
  after.close()
})

test("a stream is open at once, though nothing happens", async () => {
  await publishTable(folder, "SELECT 1 AS n")
  const begun = performance.now()
  const stream = await openStream(served, "/api/live")
  expect(performance.now() - begun).toBeLessThan(5000)
  expect(stream.status).toBe(200)
  stream.close()
})

test("a client that goes away leaves nothing behind: a hundred of them hold no file, no watch and no timer", async () => {
  const { run, say, end } = await beginRun(["a"])
  say(start("a"))
  const open = () => fs.readdirSync("/proc/self/fd").length
  const watches = () =>
    fs
      .readdirSync("/proc/self/fdinfo")
      .flatMap(
        (fd) =>
          (fs.existsSync(`/proc/self/fdinfo/${fd}`) ? fs.readFileSync(`/proc/self/fdinfo/${fd}`, "utf8").match(/^inotify /gm) : null) ?? [],
      ).length
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length
  const connect = async () => {
    const streams = await Promise.all([follow(run), openStream(served, "/api/live")])
    await until("its first message", () => streams.every((stream) => messagesIn(stream.text()).length > 0))
    for (const stream of streams) stream.close()
  }
  await connect()
  await until("the first is gone", () => watches() === 0)
  const before = { open: open(), timers: timers() }
  for (let time = 0; time < 10; time++) await Promise.all(Array.from({ length: 5 }, connect))
  await until("all watches are gone", () => watches() === 0)
  await until("all files are closed", () => open() <= before.open + 2)
  await until("all timers are gone", () => timers() <= before.timers + 2)
  await end("done")
})
