import { expect, test } from "vitest"
import { formatRuns } from "../../cli/print/runs.ts"
import type { ListedRun } from "../../cli/verbs/runs.ts"

const now = Date.parse("2026-01-02T00:00:00.000Z")
const screen = { now, width: 80, printed: 1 }
const run = (number: number, changed: Partial<ListedRun> = {}): ListedRun => ({
  run: `2026-01-01T00-00-00.000Z.r${number}`,
  pipeline: "quickstart",
  outcome: "done",
  created: "2026-01-01T00:00:00.000Z",
  seconds: 3.21,
  left: null,
  process: null,
  stages: { total: 40, cached: 30, finished: 10, failed: 0, skipped: 0 },
  computing: [],
  ...changed,
})

test("runs are a table, with what one in progress computes below it", () => {
  const computing = [
    {
      id: "optimize",
      stage: "optimize",
      since: "2026-01-01T23:57:56.000Z",
      machine: "gpu-2",
      printed: ["epoch 1", "epoch 2"],
      progress: null,
    },
    {
      id: "judge",
      stage: "train",
      since: "2026-01-01T23:59:58.500Z",
      machine: null,
      printed: [],
      progress: { step: 3, total: 9, values: { loss: 0.5 }, rate: 1.5 },
    },
  ]
  const running = run(12, {
    outcome: "running",
    seconds: 86_400,
    left: 95,
    process: { host: "head", pid: 4242 },
    stages: { total: 40, cached: 1, finished: 2, failed: 2, skipped: 3 },
    computing,
  })
  const died = run(3, { pipeline: null, outcome: "died", seconds: null, process: { host: "head", pid: 17 } })
  expect(formatRuns([running, run(4), died], screen).split("\n")).toEqual([
    "run                           pipeline    outcome  stages  time",
    "────────────────────────────  ──────────  ───────  ──────  ──────────",
    "2026-01-01T00-00-00.000Z.r12  quickstart  running  3/40    24 h 0 min",
    "  on head, process 4242",
    "  2 stages failed, 3 skipped",
    "  about 2 min left",
    "  computing optimize · on gpu-2 · for 2 min 4 s",
    "    epoch 2",
    "  computing judge · for 1.5 s · 3/9 · 1.5/s · 4.0 s left · loss 0.5",
    "2026-01-01T00-00-00.000Z.r4   quickstart  done     40/40   3.2 s",
    "2026-01-01T00-00-00.000Z.r3   -           died     40/40   -",
    "  was on head, process 17",
  ])
})

test("the widest of rows fits 80 columns, its id whole and names of pipelines told apart", () => {
  const wide = {
    outcome: "interrupted",
    seconds: 123 * 3600,
    stages: { total: 9999, cached: 9999, finished: 0, failed: 0, skipped: 0 },
  } as const
  const runs = ["one", "two"].map((end, index) => run(9998 + index, { ...wide, pipeline: `a-study-of-many-things-part-${end}` }))
  const lines = formatRuns(runs, screen).split("\n")
  expect(lines.filter((line) => [...line].length > 80)).toEqual([])
  expect(lines.slice(2).map((line) => line.split(" ")[0])).toEqual(runs.map((each) => each.run))
  expect(new Set(lines.slice(2).map((line) => line.split(/ +/)[1])).size).toBe(2)
})

test("what a name says moves no cursor", () => {
  const odd = run(1, {
    pipeline: "a\u001b[2Jb",
    process: { host: "h\u001b[2J", pid: 1 },
    computing: [{ id: "x\ny", stage: "s", since: "2026-01-02T00:00:00.000Z", machine: "m\r", printed: ["p\u001b[2J"], progress: null }],
  })
  const text = formatRuns([odd], screen)
  for (const moving of ["\u001b", "\r", "x\ny"]) expect(text).not.toContain(moving)
})
