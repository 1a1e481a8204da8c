import { expect, test } from "vitest"
import { tablesOf } from "../../../../ui/views/runs/tables-of.ts"

const output = (name: string, kind: "table" | "files", rows: number | null) => ({
  name,
  kind,
  rows,
  artifact: name,
  digest: "d",
  bytes: 1,
  files: [],
})

test("the first page leads to tables outside of sweeps, and names an output only where a stage has several tables", () => {
  const stages = [
    { id: "pairs", at: {}, key: "k1", outputs: [output("preferences", "table", 30)] },
    { id: "policy", at: {}, key: "k2", outputs: [output("policy", "files", null)] },
    { id: "task", at: {}, key: "k3", outputs: [output("text", "table", 2), output("prompts", "table", 3), output("gold", "files", null)] },
    { id: "arms.seed=1", at: { seed: "1" }, key: "k4", outputs: [output("evaluation", "table", 9)] },
    { id: "unfinished", at: {}, key: null, outputs: [output("responses", "table", 9)] },
  ]
  expect(tablesOf(stages)).toEqual([
    { key: "k1", output: "preferences", label: "pairs", rows: 30 },
    { key: "k3", output: "text", label: "task · text", rows: 2 },
    { key: "k3", output: "prompts", label: "task · prompts", rows: 3 },
  ])
})

test("the line of tables ends after eight", () => {
  const stages = Array.from({ length: 20 }, (_, n) => ({ id: `s${n}`, at: {}, key: `k${n}`, outputs: [output("rows", "table", n)] }))
  expect(tablesOf(stages).map(({ label }) => label)).toEqual(["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"])
})
