import { expect, test } from "vitest"
import type { RunStage } from "../../../../serve/api.ts"
import { standStages } from "../../../../ui/api/standing-stages.ts"
import { selectStages } from "../../../../ui/views/run/select-stages.ts"

const stage = (id: string, outcome: RunStage["outcome"], seconds: number | null, because: string | null = null): RunStage => ({
  id,
  stage: "optimize",
  group: id,
  outcome,
  key: null,
  seconds,
  at: {},
  inputs: null,
  outputs: [],
  started: null,
  message: null,
  because,
})
const stages = [
  stage("b.reference", "cached", null),
  stage("a.pairs", "finished", 4, "code: label.ts changed"),
  stage("a.run", "finished", 41),
  stage("a.broken", "failed", 2),
  stage("z.waiting", "unfinished", null),
]
const live = {
  seconds: 1,
  total: 5,
  done: 3,
  failed: 1,
  left: null,
  running: [{ id: "z.waiting", stage: "optimize", seconds: 7, step: null, steps: null, left: null, values: {}, log: [] }],
}
const standing = standStages(stages, live)
const all = { text: "", states: [], sort: null } as const
const idsOf = (wanted: Partial<Parameters<typeof selectStages>[1]>) => selectStages(standing, { ...all, ...wanted }).map(({ id }) => id)

test("failed stages come first, then those that are computed now, then the others as they depend on each other", () => {
  expect(idsOf({})).toEqual(["a.broken", "z.waiting", "b.reference", "a.pairs", "a.run"])
})

test("the longest first, and those whose duration is unknown last", () => {
  expect(idsOf({ sort: { column: "seconds", descending: true } })).toEqual(["a.run", "z.waiting", "a.pairs", "a.broken", "b.reference"])
})

test("a filter looks at ids, declarations and reasons, and all words must occur", () => {
  expect(idsOf({ text: "LABEL.ts changed" })).toEqual(["a.pairs"])
  expect(idsOf({ text: "a. optim" })).toEqual(["a.broken", "a.pairs", "a.run"])
})

test("chosen outcomes are shown, a running stage as running", () => {
  expect(idsOf({ states: ["failed", "cached"] })).toEqual(["a.broken", "b.reference"])
  expect(idsOf({ states: ["running"] })).toEqual(["z.waiting"])
  expect(standing.at(-1)).toMatchObject({ state: "running", seconds: 7 })
})
