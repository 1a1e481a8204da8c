import { expect, test } from "vitest"
import type { RunEvent } from "../../../../runtime/index.ts"
import { type Timed, thinning } from "../../../../runtime/observe/journal/thin.ts"

const about = { id: "a", stage: "train" }
const progress = (step: number, total = 1000): RunEvent => ({ type: "stage.progress", ...about, step, total, values: {} })
const metrics = (step: number): RunEvent => ({ type: "stage.metrics", ...about, step, values: {} })
const print = (text: string): RunEvent => ({ type: "stage.output", ...about, text })
const at = (time: number, ...events: ReadonlyArray<RunEvent>): ReadonlyArray<Timed> => events.map((event) => ({ at: time, event }))
const stepsOf = (events: ReadonlyArray<{ readonly event: object }>) => events.map(({ event }) => (event as { readonly step?: number }).step)

test("of the progress of a stage the latest is written, once a second; what is held comes later, and the last step at once", () => {
  const thin = thinning()
  expect(stepsOf(thin(at(0, progress(1), progress(2)), 0))).toEqual([2])
  expect(thin(at(200, progress(3)), 200)).toEqual([])
  expect(thin(at(400, progress(4)), 400)).toEqual([])
  expect(thin([], 1100)).toEqual([{ at: 400, event: progress(4) }])
  expect(thin(at(1200, progress(5)), 1200)).toEqual([])
  expect(stepsOf(thin(at(1300, progress(1000)), 1300))).toEqual([1000])
})

test("of a stage that fails, and of a run that is interrupted, the last progress is written first", () => {
  const failed: RunEvent = { type: "stage.failed", ...about, tag: "E", message: "", details: {}, record: "", seconds: 1 }
  const thin = thinning()
  thin(at(0, progress(1)), 0)
  expect(thin(at(10, progress(2), failed), 10).map(({ event }) => event)).toEqual([progress(2), failed])
  const ended: RunEvent = {
    type: "run.finished",
    run: "r",
    outcome: "interrupted",
    cached: 0,
    finished: 0,
    failed: 0,
    skipped: 0,
    seconds: 1,
  }
  const other = thinning()
  other(at(0, progress(1)), 0)
  expect(other(at(10, progress(2), ended), 10).map(({ event }) => event)).toEqual([progress(2), ended])
})

test("metrics of every step are written up to fifty thousand, then the last of each write", () => {
  const thin = thinning()
  const steps = Array.from({ length: 50_000 }, (_, step) => metrics(step))
  expect(thin(at(0, ...steps), 0)).toHaveLength(50_000)
  expect(stepsOf(thin(at(1, metrics(1), metrics(2), metrics(3)), 1))).toEqual([3])
})

test("of printed lines beyond ten thousand the last fifty of each write stay, and what is left out is counted in their place", () => {
  const thin = thinning()
  expect(thin(at(0, ...Array.from({ length: 10_000 }, (_, line) => print(`${line}`))), 0)).toHaveLength(10_000)
  const written = thin(at(1, ...Array.from({ length: 80 }, (_, line) => print(`more ${line}`))), 1).map(({ event }) => event)
  expect(written).toHaveLength(51)
  expect(written[0]).toEqual({ type: "stage.omitted", id: "a", lines: 30 })
  expect(written.at(-1)).toEqual(print("more 79"))
})

test("everything else stays, in order, and a long line is cut", () => {
  const events: ReadonlyArray<RunEvent> = [
    { type: "run.started", run: "r", pipeline: "p", stages: 1 },
    { type: "stage.started", ...about, key: "k" },
    print("one"),
    metrics(1),
    { type: "warning", id: "a", message: "hm" },
    { type: "stage.finished", ...about, key: "k", seconds: 1 },
  ]
  expect(thinning()(at(0, ...events), 0).map(({ event }) => event)).toEqual(events)
  expect(thinning()(at(0, print("x".repeat(5000))), 0)).toMatchObject([{ event: { text: "x".repeat(1000) } }])
})
