import { build } from "esbuild"
import { expect, test } from "vitest"
import type { RunEvent } from "../../../runtime/index.ts"
import { advance, initialState, itemsOf, type RunState } from "../../../runtime/observe/state.ts"

const key = "0".repeat(64)
const about = (id: string) => ({ id, stage: "train" })
const started: RunEvent = { type: "run.started", run: "r", pipeline: "p", stages: 4 }
const start = (id: string): RunEvent => ({ type: "stage.started", ...about(id), key })
const print = (id: string, text: string): RunEvent => ({ type: "stage.output", ...about(id), text })
const progress = (id: string, step: number): RunEvent => ({
  type: "stage.progress",
  ...about(id),
  step,
  total: 100,
  values: { loss: 1 / step },
})

const fold = (events: ReadonlyArray<readonly [number, Parameters<typeof advance>[1]]>, from = initialState(0)): RunState =>
  events.reduce((state, [now, event]) => advance(state, event, now), from)

test("a stage waits, runs with what it reported and printed last, and is settled with what came of it", () => {
  const running = fold([
    [0, started],
    [1, start("a")],
    [2, { type: "stage.resumed", ...about("a"), from: 10 }],
    [2, progress("a", 10)],
    [4, progress("a", 30)],
    ...Array.from({ length: 30 }, (_, line) => [4, print("a", `line ${line}`)] as const),
  ])
  expect(running.running.get("a")).toMatchObject({ since: 1, resumed: 10, progress: { step: 30, total: 100, rate: 10, at: 4 } })
  expect(running.running.get("a")?.printed).toEqual(Array.from({ length: 20 }, (_, line) => `line ${10 + line}`))
  const settled = fold(
    [
      [5, { type: "stage.finished", ...about("a"), key, seconds: 4 }],
      [6, { type: "stage.cached", ...about("b"), key }],
      [7, start("c")],
      [8, progress("c", 5)],
      [9, { type: "stage.failed", ...about("c"), tag: "Error", message: "no", details: {}, record: "f", seconds: 2 }],
      [9, { type: "stage.skipped", ...about("d"), because: "c" }],
      [9, { type: "warning", id: "c", message: "hm" }],
      [10, { type: "run.finished", run: "r", outcome: "failed", cached: 1, finished: 1, failed: 1, skipped: 1, seconds: 10 }],
    ],
    running,
  )
  expect(settled).toMatchObject({ cached: 1, finished: 1, failed: 1, skipped: 1, outcome: "failed", ended: 10 })
  expect(itemsOf(settled.settled)).toMatchObject([
    { id: "a", outcome: "finished", at: 5, seconds: 4, key, progress: null },
    { id: "b", outcome: "cached", seconds: 0, printed: [] },
    { id: "c", outcome: "failed", because: "Error: no", progress: { step: 5 } },
    { id: "d", outcome: "skipped", because: "c" },
  ])
  expect(itemsOf(settled.warnings)).toEqual([{ id: "c", message: "hm", at: 9 }])
  // The earlier state is what it was.
  expect(itemsOf(running.settled)).toEqual([])
  expect(running.running.size).toBe(1)
})

test.each(["interrupted", "died"] as const)(
  "of a run that %s, the stages that ran are interrupted, and keep how far they came",
  (outcome) => {
    const end =
      outcome === "died"
        ? { type: "run.died" as const, run: "r" }
        : { type: "run.finished" as const, run: "r", outcome, cached: 0, finished: 0, failed: 0, skipped: 0, seconds: 5 }
    const state = fold([
      [0, started],
      [1, start("a")],
      [2, progress("a", 40)],
      [5, end],
    ])
    expect(state).toMatchObject({ outcome, ended: 5 })
    expect(state.running.size).toBe(0)
    expect(itemsOf(state.settled)).toMatchObject([{ id: "a", outcome: "interrupted", seconds: 4, progress: { step: 40 } }])
  },
)

test("two states that go on from one differ only in what each of them adds", () => {
  const common = fold([[0, { type: "stage.cached", ...about("a"), key }]])
  const one = fold([[1, { type: "stage.cached", ...about("b"), key }]], common)
  const other = fold([[1, { type: "stage.cached", ...about("c"), key }]], common)
  const ids = (state: RunState) => itemsOf(state.settled).map(({ id }) => id)
  expect([ids(common), ids(one), ids(other)]).toEqual([["a"], ["a", "b"], ["a", "c"]])
})

test("ten thousand cached stages are folded in a moment", () => {
  const events = Array.from({ length: 10_000 }, (_, index): RunEvent => ({ type: "stage.cached", ...about(`s${index}`), key }))
  const before = process.cpuUsage()
  const state = events.reduce((state, event) => advance(state, event, 1), initialState(0))
  expect(itemsOf(state.settled)).toHaveLength(10_000)
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(500)
})

test("an event of a later version changes nothing", () => {
  const state = fold([[0, started]])
  expect(advance(state, { type: "stage.dreamt", id: "a" } as never, 1)).toBe(state)
})

test("a browser can fold events and estimate: nothing of Node or Effect is behind it", async () => {
  const { metafile } = await build({
    stdin: {
      contents: 'export * from "./runtime/observe/state.ts"; export * from "./runtime/observe/estimate.ts"',
      resolveDir: new URL("../../..", import.meta.url).pathname,
    },
    bundle: true,
    write: false,
    platform: "browser",
    metafile: true,
  })
  expect(Object.keys(metafile.inputs).sort()).toEqual(["<stdin>", "runtime/observe/estimate.ts", "runtime/observe/state.ts"])
})
