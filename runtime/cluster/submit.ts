import { PgClient } from "@effect/sql-pg"
import { Effect, Schedule } from "effect"
import { PersistedQueue } from "effect/persistence"
import { RunCancelled } from "../error.ts"
import type { RunSummary } from "../execute/conduct.ts"
import { pipelineResults } from "../execute/pipeline-results.ts"
import { prepareRun } from "../execute/prepare.ts"
import type { RunOptions } from "../execute/run.ts"
import type { LoadedPipeline } from "../load/pipeline.ts"
import { checkStages } from "../plan/check.ts"
import { planGraph } from "../plan/plan.ts"
import { Settings } from "../settings.ts"
import { layout } from "../store/layout.ts"
import { Results } from "../store/results/results.ts"
import { Runs } from "../store/runs/runs.ts"
import { traceparent } from "../telemetry/traceparent.ts"
import { carry } from "./carry.ts"
import { QueueNames, queueTable } from "./database.ts"
import { RunElement } from "./messages.ts"
import { endOnRecord } from "./recorded-end.ts"
import { watch } from "./watch.ts"

/** A run that was handed to the cluster, or that was there already. */
export interface Submitted {
  readonly submission: string
  readonly run: string
  /** Whether the same pipeline was being computed already: then this is its run. */
  readonly isAttached: boolean
}

/**
 * Hands a pipeline to the workers that share the store. Where they are at it already, with the same
 * code and to ask the same stages again, nothing is added.
 */
export const submit = Effect.fn("submit")(function* ({ path, graph }: LoadedPipeline, refresh: ReadonlySet<string>) {
  const { head, graphCode } = yield* prepareRun({ path, graph })
  const { stages } = yield* planGraph(graph, graphCode)
  const toRun = new Set(stages.flatMap(({ id, manifest }) => (manifest === null || refresh.has(id) ? [id] : [])))
  const warnings = yield* checkStages(graph, graphCode, toRun)
  const submission = yield* carry(graph, graphCode, refresh)
  const commit = yield* Effect.promise(() => head.commit)
  const queue = yield* PersistedQueue.make({ name: (yield* QueueNames).runs, schema: RunElement })
  const element: RunElement = { submission, traceparent: yield* traceparent, head: { ...head, commit }, warnings }
  const offer = queue.offer(element, { id: submission }).pipe(Effect.retry(Schedule.spaced("500 millis")), Effect.ignore)
  yield* offer
  const run = (yield* waitingRun(submission)) ?? head.run
  return { submitted: { submission, run, isAttached: run !== head.run } satisfies Submitted, offer }
})

/** The run of a submission that is on its way; null if there is none. */
const waitingRun = Effect.fnUntraced(function* (submission: string) {
  const sql = yield* PgClient.PgClient
  const names = yield* QueueNames
  const rows = yield* Effect.orElseSucceed(
    sql<{ run: string }>`SELECT element::json -> 'head' ->> 'run' AS run FROM ${sql(queueTable)}
      WHERE queue_name = ${names.runs} AND id = ${submission} AND state = 'pending'`,
    () => [],
  )
  return rows[0]?.run ?? null
})

/**
 * Computes a pipeline on the cluster and watches. Interrupting it ends the watching only: the run
 * goes on, and the same call watches it again.
 */
export const runOnCluster = Effect.fn("runOnCluster")(function* <R>(
  loaded: LoadedPipeline,
  { refresh = new Set() }: RunOptions,
  onSubmitted: (submitted: Submitted) => Effect.Effect<void, never, R>,
) {
  const { submitted, offer } = yield* submit(loaded, refresh)
  yield* onSubmitted(submitted)
  const runs = yield* Runs
  const recorded = runs.one(submitted.run)
  const { store } = yield* Settings
  const endOf = Effect.gen(function* () {
    const record = yield* recorded
    return record === null ? null : endOnRecord(record, loaded.graph, yield* runs.failures, layout(store))
  })
  const ended = Effect.gen(function* () {
    const end = yield* endOf
    if (end !== null || (yield* waitingRun(submitted.submission)) !== null) return end
    // It has just ended; or it was refused, because another of the same submission had just ended.
    const last = yield* endOf
    if (last === null) yield* offer
    return last
  })
  const { outcome, failures } = yield* watch(submitted.submission, ended)
  if (outcome === "interrupted") {
    const message = `${submitted.run} was cancelled; what had been computed is cached`
    return yield* new RunCancelled({ run: submitted.run, message })
  }
  const record = yield* recorded
  const manifests = record === null ? new Map() : yield* (yield* Results).of(record)
  const summary: RunSummary = {
    run: submitted.run,
    pipeline: loaded.graph.name,
    outcome,
    seconds: record?.seconds ?? 0,
    stages: record?.stages ?? [],
    failures,
    results: pipelineResults(loaded.graph, manifests),
  }
  return summary
})
