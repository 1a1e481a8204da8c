import { expect, test } from "vitest"
import type { Graph } from "../../../dsl/graph.ts"
import { endOnRecord } from "../../../runtime/cluster/recorded-end.ts"
import { layout } from "../../../runtime/store/layout.ts"
import type { FailureRecord, RunRecord } from "../../../runtime/store/runs/record.ts"

const from = (id: string) => ({ sources: [{ from: { kind: "output", id } }] })
const graph = {
  stages: [
    { id: "a", inputs: [] },
    { id: "b", inputs: [from("a")] },
    { id: "c", inputs: [from("b")] },
    { id: "d", inputs: [from("a"), from("c")] },
  ],
} as unknown as Graph

const outcome = (id: string, came: RunRecord["stages"][number]["outcome"], key: string | null) => ({
  id,
  stage: "nap",
  outcome: came,
  key,
  seconds: 1,
})
const record: RunRecord = {
  format: 1,
  run: "2026.r1",
  pipeline: "p",
  path: "/p.ts",
  created: "2026-01-01T00:00:00.000Z",
  seconds: 5,
  outcome: "failed",
  stages: [outcome("a", "cached", "k1"), outcome("b", "failed", null), outcome("c", "skipped", null), outcome("d", "skipped", null)],
}
const failure = (id: string, message: string): FailureRecord => ({
  format: 1,
  id,
  stage: "nap",
  key: "k2",
  vector: [],
  task: {},
  error: { name: "Error", tag: "Error", message, details: {}, stack: "" },
  output: "",
  created: "",
  seconds: 1,
})

test("a run on record as failed is told as it was heard: its failures with their messages, and what they skipped", () => {
  const failures = [failure("x", "of another stage"), failure("b", "the newest"), failure("b", "an older one")]
  const places = layout("/store")
  expect(endOnRecord(record, graph, failures, places)).toEqual([
    { type: "stage.cached", id: "a", stage: "nap", key: "k1" },
    {
      type: "stage.failed",
      id: "b",
      stage: "nap",
      tag: "Error",
      message: "the newest",
      details: {},
      record: places.failure("k2"),
      seconds: 1,
    },
    { type: "stage.skipped", id: "c", stage: "nap", because: "b" },
    { type: "stage.skipped", id: "d", stage: "nap", because: "b" },
    { type: "run.finished", run: "2026.r1", outcome: "failed", cached: 1, finished: 0, failed: 1, skipped: 2, seconds: 5 },
  ])
})

test("a run that goes on has no end on record", () => {
  expect(endOnRecord({ ...record, outcome: "unfinished" }, graph, [], layout("/store"))).toBe(null)
})
