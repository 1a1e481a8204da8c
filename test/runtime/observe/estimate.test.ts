import { expect, test } from "vitest"
import type { RunEvent } from "../../../runtime/index.ts"
import { type Basis, estimate } from "../../../runtime/observe/estimate.ts"
import { advance, initialState, type RunState } from "../../../runtime/observe/state.ts"

type Placed = Basis["stages"][number]

/** A stage at a point, with its inputs by id. */
const stage = (id: string, group = id, at: NonNullable<Placed["at"]> = {}, from: ReadonlyArray<string> = []): Placed => ({
  id,
  group,
  at,
  inputs: from.length === 0 ? [] : [{ port: "in", many: true, from: from.map((id) => ({ id, output: "out" })) }],
})

const about = (id: string) => ({ id, stage: "train", key: "k" })
const state = (...events: ReadonlyArray<readonly [number, RunEvent]>): RunState =>
  events.reduce((state, [now, event]) => advance(state, event, now), initialState(0))
const started = (id: string): RunEvent => ({ type: "stage.started", ...about(id) })
const finished = (id: string, seconds: number): RunEvent => ({ type: "stage.finished", ...about(id), seconds })
const progress = (id: string, step: number): RunEvent => ({ type: "stage.progress", ...about(id), step, total: 100, values: {} })

const before = (seconds: Readonly<Record<string, number>>) => new Map(Object.entries(seconds))
const two = [stage("a"), stage("b")]

test("where nothing is known of any stage, there is no estimate", () => {
  expect(estimate(state(), { stages: two, before: before({}), parallel: 1 }, 0)).toEqual({
    seconds: null,
    unknown: 2,
    stages: new Map([
      ["a", null],
      ["b", null],
    ]),
  })
})

test("stages take what they took before, side by side as many as compute at one time", () => {
  const stages = ["a", "b", "c", "d"].map((id) => stage(id))
  const basis = { stages, before: before({ a: 10, b: 10, c: 10, d: 10 }) }
  expect(estimate(state(), { ...basis, parallel: 1 }, 0).seconds).toBe(40)
  expect(estimate(state(), { ...basis, parallel: 2 }, 0).seconds).toBe(20)
})

test("a chain takes its sum, however many could compute", () => {
  const stages = [stage("a"), stage("b", "b", {}, ["a"]), stage("c", "c", {}, ["b"]), stage("d")]
  expect(estimate(state(), { stages, before: before({ a: 1, b: 2, c: 3, d: 1 }), parallel: 8 }, 0).seconds).toBe(6)
})

test("a running stage goes on at its own rate, counted from its last report; without one, it has what is left of before", () => {
  const running = state([0, started("a")], [10, progress("a", 10)], [20, progress("a", 20)], [20, started("b")])
  const { seconds, stages } = estimate(running, { stages: two, before: before({ b: 30 }), parallel: 2 }, 25)
  expect(stages).toEqual(
    new Map([
      ["a", 75],
      ["b", 25],
    ]),
  )
  expect(seconds).toBe(75)
})

test("what is settled takes no time", () => {
  const { seconds, unknown } = estimate(state([1, finished("a", 1)]), { stages: two, before: before({ b: 5 }), parallel: 1 }, 1)
  expect([seconds, unknown]).toEqual([5, 0])
})

test("a stage that never ran takes what its nearest siblings took, in this run rather than before", () => {
  const arms = [1, 2, 3].flatMap((seed) => ["small", "large"].map((size) => stage(`${size} ${seed}`, "arm", { seed, size })))
  const run = state([1, finished("small 1", 10)], [2, finished("small 2", 14)], [9, finished("large 1", 100)])
  const { stages } = estimate(run, { stages: arms, before: before({}), parallel: 1 }, 9)
  expect(Object.fromEntries(stages)).toEqual({ "large 2": expect.closeTo((14 + 100) / 2), "small 3": 12, "large 3": 100 })
  const own = estimate(run, { stages: arms, before: before({ "large 2": 90 }), parallel: 1 }, 9)
  expect(own.stages.get("large 2")).toBe(90)
})

test("what is not known of is counted, and the rest is a lower bound", () => {
  const { seconds, unknown } = estimate(state(), { stages: two, before: before({ a: 7 }), parallel: 1 }, 0)
  expect([seconds, unknown]).toEqual([7, 1])
})

test("a run that has ended has nothing left to estimate", () => {
  const ended = state([1, { type: "run.finished", run: "r", outcome: "done", cached: 0, finished: 0, failed: 0, skipped: 0, seconds: 1 }])
  expect(estimate(ended, { stages: two, before: before({ a: 1, b: 1 }), parallel: 1 }, 1).seconds).toBeNull()
})

test("a thousand stages are estimated in a moment", () => {
  const arms = Array.from({ length: 1000 }, (_, index) =>
    stage(`arm ${index}`, "arm", { seed: index, size: index % 2 }, index < 10 ? [] : [`arm ${index - 10}`]),
  )
  const run = Array.from({ length: 300 }, (_, index) => [index, finished(`arm ${index}`, 1 + (index % 2))] as const)
  const known = state(...run)
  const cpu = process.cpuUsage()
  expect(estimate(known, { stages: arms, before: before({}), parallel: 2 }, 300).unknown).toBe(0)
  expect(process.cpuUsage(cpu).user / 1000).toBeLessThan(1000)
})
