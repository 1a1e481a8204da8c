import { expect, test } from "vitest"
import type { RunEvent } from "../../../runtime/index.ts"
import { roughly } from "../../../runtime/observe/format.ts"
import { liveTree } from "../../../runtime/observe/live-tree.ts"

const id = "learn"
const key = "0".repeat(64)
const stages = ["learn", "figure"].map((name) => ({ id: name, group: name, at: undefined, inputs: [] }))

const headersWith = (before: ReadonlyMap<string, number>): ReadonlyArray<string> => {
  const frames: Array<string> = []
  const terminal = { columns: 80, rows: 24, write: (text: string) => frames.push(text) > 0 }
  const renderer = liveTree(terminal as unknown as Parameters<typeof liveTree>[0])
  const story: ReadonlyArray<readonly [number, RunEvent | null]> = [
    [0, { type: "run.started", run: "r", pipeline: "study", stages: 2 }],
    [0, { type: "stage.started", id, stage: "optimize", key }],
    [10, null],
    [70, null],
  ]
  renderer.expect?.({ stages: stages.map(({ at: _, ...stage }) => stage), before, parallel: 1 })
  for (const [now, event] of story) {
    if (event !== null) renderer.show(event, now)
    renderer.tick(now)
  }
  renderer.end()
  return frames.flatMap((frame) => frame.split("\n")).filter((line) => line.includes("study:"))
}

test("the live tree says how long the run will go on, from what its stages took before", () => {
  const headers = headersWith(
    new Map([
      ["learn", 100],
      ["figure", 40],
    ]),
  )
  expect(headers.at(-2)).toContain("10.0 s · about 2 min left")
  expect(headers.at(-1)).toContain("1 min 10 s · about 1 min left")
})

test("where a stage has never been computed it says how long at least, and nothing where none has", () => {
  expect(headersWith(new Map([["learn", 100]])).at(-1)).toContain("30 s left at least")
  expect(headersWith(new Map()).at(-1)).not.toContain("left")
})

test("a guess has no more digits than it knows", () => {
  expect([7.6, 59.4, 59.6, 240, 3569, 3571, 7500, 7200].map(roughly)).toEqual([
    "8 s",
    "59 s",
    "1 min",
    "4 min",
    "59 min",
    "1 h",
    "2 h 5 min",
    "2 h",
  ])
})
