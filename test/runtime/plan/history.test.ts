import { Effect } from "effect"
import { expect, test } from "vitest"
import type { Graph, GraphStage } from "../../../dsl/graph.ts"
import { historyOf } from "../../../runtime/plan/history.ts"
import type { Manifest } from "../../../runtime/store/results/manifest.ts"
import type { RunRecord } from "../../../runtime/store/runs/record.ts"
import { declaration, manifestWith, vectorWith } from "./cause/comparison.ts"

const stageWith = (id: string): GraphStage => ({ id, at: {}, group: id, declaration, parameters: {}, inputs: [], plugins: [] })
const vector = (beta: number, seed: number) => vectorWith({ parameters: { beta, seed }, "inputs.reference": "r" })

/**
 * Runs, newest first, of the pipeline `pipeline` unless they say otherwise; each gives ids with
 * keys.
 */
const lookUp = async (
  id: string,
  wanted: ReturnType<typeof vector>,
  runs: ReadonlyArray<{ readonly pipeline?: string; readonly keys: Readonly<Record<string, string>> }>,
  manifests: Readonly<Record<string, Manifest>>,
) => {
  let read = 0
  const records = runs.map(({ pipeline = "p", keys }) => ({
    pipeline,
    stages: Object.entries(keys).map(([id, key]) => ({ id, stage: "train", outcome: "finished", key, seconds: 1 })),
  })) as unknown as ReadonlyArray<RunRecord>
  function* history() {
    for (const record of records) {
      read += 1
      yield record
    }
  }
  const graph: Graph = { name: "p", stages: [stageWith("a"), stageWith("b")], results: [] }
  const results = { manifest: (key: string) => Effect.succeed(manifests[key] ?? null) }
  const last = await Effect.runPromise(historyOf(graph, { results, runs: { history } })(stageWith(id), wanted))
  return { key: last.manifest?.key ?? null, wasComputed: last.wasComputed, read }
}

const made = (key: string, beta: number, seed: number) => ({ [key]: manifestWith(vector(beta, seed), { key }) })

test("a stage is compared with its latest result under its own id in this pipeline", async () => {
  const manifests = { ...made("new", 1, 1), ...made("old", 0.1, 1), ...made("other", 0.1, 1) }
  const runs = [{ pipeline: "q", keys: { a: "other" } }, { keys: { a: "new" } }, { keys: { a: "old" } }]
  expect(await lookUp("a", vector(0.1, 1), runs, manifests)).toMatchObject({ key: "new", wasComputed: true })
})

test("a result of its own that is gone is not replaced by another's", async () => {
  const runs = [{ keys: { a: "gone", b: "other" } }]
  expect(await lookUp("a", vector(0.1, 1), runs, made("other", 0.1, 1))).toEqual({ key: null, wasComputed: true, read: 1 })
})

test("a stage that no run had is compared with the one that shares most parameters and inputs", async () => {
  const manifests = { ...made("far", 0.5, 2), ...made("near", 0.5, 1) }
  const runs = [{ keys: { c: "far", d: "near" } }]
  expect(await lookUp("a", vector(0.1, 1), runs, manifests)).toMatchObject({ key: "near", wasComputed: false })
})

test("without any result of the declaration there is nothing to compare with", async () => {
  expect(await lookUp("a", vector(0.1, 1), [], {})).toEqual({ key: null, wasComputed: false, read: 0 })
})

test("records are read only as far back as it takes to find every stage of the graph", async () => {
  const runs = [{ keys: { a: "1" } }, { keys: { b: "2" } }, { keys: { a: "3", b: "4" } }]
  expect(await lookUp("a", vector(0.1, 1), runs, made("1", 0.1, 1))).toMatchObject({ key: "1", read: 2 })
})
