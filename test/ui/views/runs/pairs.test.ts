import { expect, test } from "vitest"
import type { RunSummary } from "../../../../serve/api.ts"
import { mergeRuns } from "../../../../ui/api/live-runs.ts"
import { orderPair, runBefore } from "../../../../ui/views/runs/pairs.ts"

const run = (name: string, created: string, pipeline = "quickstart", more: Partial<RunSummary> = {}): RunSummary => ({
  run: name,
  pipeline,
  file: "pipelines/quickstart.ts",
  commit: null,
  created,
  seconds: 1,
  outcome: "done",
  alive: false,
  counts: { cached: 0, finished: 1, failed: 0, skipped: 0, interrupted: 0, unfinished: 0 },
  slowest: null,
  failed: [],
  registration: null,
  ...more,
})
const runs = [run("r4", "2026-04"), run("r3", "2026-03", "paper"), run("r2", "2026-02"), run("r1", "2026-01", "paper")]

test("the run before is one of the same pipeline, else any earlier one", () => {
  expect(runBefore(runs, runs[0] as RunSummary)?.run).toBe("r2")
  expect(runBefore(runs, runs[2] as RunSummary)?.run).toBe("r1")
  expect(runBefore(runs, runs[3] as RunSummary)).toBeNull()
})

test("of two ticked runs the earlier is before the other, in whatever order they were ticked", () => {
  expect(orderPair(runs, ["r4", "r1"])).toEqual({ before: "r1", after: "r4" })
  expect(orderPair(runs, ["r1", "r4"])).toEqual({ before: "r1", after: "r4" })
  expect(orderPair(runs, ["r1"])).toBeNull()
})

test("what changed takes the place of what was known, and new runs come first", () => {
  const merged = mergeRuns(runs, [run("r5", "2026-05"), run("r3", "2026-03", "paper", { outcome: "failed" })])
  expect(merged.map((entry) => entry.run)).toEqual(["r5", "r4", "r3", "r2", "r1"])
  expect(merged[2]?.outcome).toBe("failed")
})
