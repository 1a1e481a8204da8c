import { describe, expect, it } from "vitest"
import type { RunStage, StageOutput } from "../../../../serve/api.ts"
import { filterOutputs, linesOf, nextSort, outputsOf } from "../../../../ui/views/artifacts/outputs.ts"

const output = (name: string, artifact: string, rows: number | null, bytes: number): StageOutput => ({
  name,
  artifact,
  kind: rows === null ? "files" : "table",
  digest: "0",
  rows,
  bytes,
  files: [],
})

const stage = (id: string, declaration: string, outputs: ReadonlyArray<StageOutput>, key: string | null = id): RunStage => ({
  id,
  stage: declaration,
  group: id,
  outcome: "finished",
  key,
  seconds: 1,
  at: {},
  inputs: [],
  outputs,
  started: null,
  message: null,
  because: null,
})

const all = outputsOf({
  stages: [
    stage("tldr.pairs", "label", [output("preferences", "preferences", 38_000, 400)]),
    stage("tldr.offline.run", "optimize", [output("checkpoints", "checkpoints", null, 900), output("metrics", "metrics", 3346, 9)]),
    stage("define.pairs", "label", [output("preferences", "preferences", 36_000, 500)]),
    stage("define.offline.run", "optimize", [output("metrics", "metrics", 1, 1)], null),
  ],
})

const namesOf = (lines: ReturnType<typeof linesOf>) =>
  lines.map((line) => (line.kind === "group" ? `[${line.name} ${line.count}]` : line.output.id))

describe("the outputs of a run", () => {
  it("are those of stages that have a result", () => {
    expect(all.map(({ id, name }) => `${id} ${name}`)).toEqual([
      "tldr.pairs preferences",
      "tldr.offline.run checkpoints",
      "tldr.offline.run metrics",
      "define.pairs preferences",
    ])
  })

  it("fit a filter if every word occurs in stage, output or type", () => {
    expect(filterOutputs(all, "PAIRS define").map(({ id }) => id)).toEqual(["define.pairs"])
    expect(filterOutputs(all, " ")).toBe(all)
    expect(filterOutputs(all, "optimize metrics")).toHaveLength(1)
  })

  it("are in groups, in the order in which the groups begin", () => {
    expect(namesOf(linesOf(all, "type", null))).toEqual([
      "[preferences 2]",
      "tldr.pairs",
      "define.pairs",
      "[checkpoints 1]",
      "tldr.offline.run",
      "[metrics 1]",
      "tldr.offline.run",
    ])
    expect(linesOf(all, "type", null)[0]).toMatchObject({ rows: 74_000, bytes: 900 })
  })

  it("are sorted inside of their groups", () => {
    expect(namesOf(linesOf(all, "type", { column: "rows", descending: false })).slice(0, 3)).toEqual([
      "[preferences 2]",
      "define.pairs",
      "tldr.pairs",
    ])
    expect(namesOf(linesOf(all, "none", { column: "bytes", descending: true }))[0]).toBe("tldr.offline.run")
  })
})

describe("clicks on a header", () => {
  it("sort upwards, downwards, and not at all", () => {
    const first = nextSort<"rows" | "bytes">(null, "rows")
    const second = nextSort(first, "rows")
    expect([first, second, nextSort(second, "rows")]).toEqual([
      { column: "rows", descending: false },
      { column: "rows", descending: true },
      null,
    ])
    expect(nextSort(second, "bytes")).toEqual({ column: "bytes", descending: false })
  })
})
