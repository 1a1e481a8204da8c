import { expect, test } from "vitest"
import { outcomeOf } from "../../../runtime/execute/outcome.ts"
import type { RunEvent } from "../../../runtime/index.ts"

const about = { id: "arm", stage: "train" }

test.each<readonly [RunEvent, object]>([
  [
    { type: "stage.cached", ...about, key: "k" },
    { ...about, outcome: "cached", key: "k", seconds: 0 },
  ],
  [
    { type: "stage.finished", ...about, key: "k", seconds: 3 },
    { ...about, outcome: "finished", key: "k", seconds: 3 },
  ],
  [
    { type: "stage.failed", ...about, tag: "Error", message: "", details: {}, record: "f.json", seconds: 2 },
    { ...about, outcome: "failed", key: null, seconds: 2 },
  ],
  [
    { type: "stage.skipped", ...about, because: "sft" },
    { ...about, outcome: "skipped", key: null, seconds: 0 },
  ],
])("$type settles its stage", (event, outcome) => {
  expect(outcomeOf(event)).toEqual(outcome)
})

test.each<RunEvent>([
  { type: "stage.started", ...about, key: "k" },
  { type: "stage.progress", ...about, step: 1, total: 2, values: {} },
  { type: "stage.output", ...about, text: "" },
  { type: "warning", id: "arm", message: "" },
  { type: "run.started", run: "r", pipeline: "p", stages: 1 },
])("$type settles nothing", (event) => {
  expect(outcomeOf(event)).toBeNull()
})
