import { PgClient } from "@effect/sql-pg"
import { Effect, Schema } from "effect"
import type { StageOutcome } from "../store/runs/record.ts"
import { Runs } from "../store/runs/runs.ts"
import { readCarried } from "./carried.ts"
import { sender } from "./channel.ts"
import { lockSeconds, QueueNames, queueTable } from "./database.ts"
import { forgetRun } from "./elsewhere.ts"
import { RunElement } from "./messages.ts"
import type { WatchMessage } from "./watch.ts"

/** Seconds for which an answer is waited for. */
const patienceSeconds = 15

/**
 * Ends a run that the cluster computes, by its id or the beginning of it: no more of its stages are
 * begun, and those that compute come to their ends. Returns the ids of the runs that were found,
 * and whether they have ended.
 */
export const cancel = Effect.fn("cancel")(function* (wanted: string) {
  const sql = yield* PgClient.PgClient
  const names = yield* QueueNames
  const queued = sql<{ submission: string; run: string }>`
    SELECT id AS submission, element::json -> 'head' ->> 'run' AS run FROM ${sql(queueTable)}
    WHERE queue_name = ${names.runs} AND state = 'pending'`
  const found = (yield* queued).filter(({ run }) => run.startsWith(wanted))
  const [only] = found
  if (only === undefined || found.length > 1) return { runs: found.map(({ run }) => run), isEnded: false }
  const tell = yield* sender(names.events(only.submission))
  for (let second = 0; second < patienceSeconds; second += 1) {
    yield* withdraw(only.submission)
    if (!(yield* queued).some(({ run }) => run === only.run)) return { runs: [only.run], isEnded: true }
    tell.send({ type: "cancel" } satisfies WatchMessage)
    yield* Effect.sleep("1 second")
  }
  return { runs: [only.run], isEnded: false }
}, Effect.scoped)

/** Ends a run that no worker conducts, and records its end in place of one. */
const withdraw = Effect.fnUntraced(function* (submission: string) {
  const sql = yield* PgClient.PgClient
  const { runs: queue } = yield* QueueNames
  const rows = yield* sql<{ element: string }>`
    DELETE FROM ${sql(queueTable)} WHERE queue_name = ${queue} AND id = ${submission} AND state = 'pending'
    AND (acquired_at IS NULL OR acquired_at < now() - ${lockSeconds} * interval '1 second')
    RETURNING element::text AS element`
  for (const { element } of rows) {
    const { head } = yield* decode(element)
    const runs = yield* Runs
    const before = (yield* runs.all).find(({ run }) => run === head.run)
    const stages = (before?.stages ?? (yield* unbegun(submission))).map(
      (stage): StageOutcome => (stage.outcome === "unfinished" ? { ...stage, outcome: "interrupted" } : stage),
    )
    yield* runs.record({ format: 1, ...head, seconds: before?.seconds ?? 0, outcome: "interrupted", stages })
    yield* forgetRun(head.run)
  }
})

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(RunElement))

const unbegun = (submission: string) =>
  Effect.map(readCarried(submission), ({ graph }) =>
    graph.stages.map(
      ({ id, declaration }): StageOutcome => ({ id, stage: declaration.name, outcome: "unfinished", key: null, seconds: 0 }),
    ),
  )
