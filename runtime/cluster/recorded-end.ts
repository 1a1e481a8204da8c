import type { Graph } from "../../dsl/graph.ts"
import type { RunEvent } from "../observe/event.ts"
import type { Layout } from "../store/layout.ts"
import type { FailureRecord, RunRecord, StageOutcome } from "../store/runs/record.ts"

/**
 * The events with which a run ended, from its record: for those who did not hear them. Null while
 * the run goes on. `failures` are those on record, the newest first.
 */
export const endOnRecord = (
  { run, outcome, seconds, stages }: RunRecord,
  graph: Graph,
  failures: ReadonlyArray<FailureRecord>,
  places: Layout,
): ReadonlyArray<RunEvent> | null => {
  if (outcome === "unfinished") return null
  const failed = new Set(stages.flatMap((stage) => (stage.outcome === "failed" ? [stage.id] : [])))
  const settled = stages.flatMap((stage): ReadonlyArray<RunEvent> => {
    const about = { id: stage.id, stage: stage.stage }
    switch (stage.outcome) {
      case "cached":
        return stage.key === null ? [] : [{ type: "stage.cached", ...about, key: stage.key }]
      case "finished":
        return stage.key === null ? [] : [{ type: "stage.finished", ...about, key: stage.key, seconds: stage.seconds }]
      case "failed":
        return [failureOf(stage, failures, places)]
      case "skipped":
        return [{ type: "stage.skipped", ...about, because: failedBefore(stage.id, graph, failed) }]
      default:
        return []
    }
  })
  const count = (wanted: StageOutcome["outcome"]) => stages.filter((stage) => stage.outcome === wanted).length
  const counts = { cached: count("cached"), finished: count("finished"), failed: count("failed"), skipped: count("skipped") }
  return [...settled, { type: "run.finished", run, outcome, ...counts, seconds }]
}

const failureOf = ({ id, stage, seconds }: StageOutcome, failures: ReadonlyArray<FailureRecord>, places: Layout): RunEvent => {
  const record = failures.find((each) => each.id === id && each.stage === stage)
  if (record === undefined)
    return { type: "stage.failed", id, stage, tag: "Unknown", message: "its record is not in the store", details: {}, record: "", seconds }
  const { tag, message, details } = record.error
  return { type: "stage.failed", id, stage, tag, message, details, record: places.failure(record.key), seconds }
}

/** A failed stage that a stage was made from, by way of others. */
const failedBefore = (id: string, { stages }: Graph, failed: ReadonlySet<string>): string => {
  const byId = new Map(stages.map((stage) => [stage.id, stage]))
  const seen = new Set<string>()
  const open = [id]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (failed.has(next)) return next
    if (seen.has(next)) continue
    seen.add(next)
    for (const { from } of byId.get(next)?.inputs.flatMap(({ sources }) => sources) ?? []) if (from.kind === "output") open.push(from.id)
  }
  return ""
}
