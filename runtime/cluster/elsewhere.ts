import { PgClient } from "@effect/sql-pg"
import { Deferred, Effect, Schedule, Stream } from "effect"
import { PersistedQueue } from "effect/persistence"
import { StageFailed } from "../error.ts"
import { type Attempt, type AttemptOptions, isWanted } from "../execute/compute.ts"
import type { Placement } from "../execute/placement.ts"
import type { Ready } from "../execute/ready.ts"
import type { Warning } from "../plan/check.ts"
import { Results } from "../store/results/results.ts"
import { traceparent } from "../telemetry/traceparent.ts"
import type { Carried } from "./carried.ts"
import { heard } from "./channel.ts"
import { QueueNames, queueTable, retrySchedule } from "./database.ts"
import { Reply, StageElement, type StageReport } from "./messages.ts"

/**
 * Times that a stage is handed out before it counts as one that ends its worker. A worker that is
 * stopped in order does not count.
 */
export const mostDeliveries = 20

/** Seconds between two looks at whether stages that were handed out are still on their way. */
const lookEverySeconds = 2

/** A stage that workers have, or will have. */
interface Pending {
  readonly ready: Ready
  readonly options: AttemptOptions
  readonly element: StageElement
  readonly queue: string
  readonly came: Deferred.Deferred<Reply>
  isStarted: boolean
  /** How many looks in a row found neither the stage on its way nor its result. */
  missed: number
}

/** A run, for placing its stages on the workers of a cluster. */
export interface RemoteRun {
  readonly run: string
  readonly submission: string
  readonly carried: Carried
  readonly warnings: ReadonlyArray<Warning>
  /** Whether the run was cancelled: otherwise another worker conducts it when this one stops. */
  readonly isCancelled: () => boolean
}

/**
 * On the workers that share the store: each stage goes into the queue of those that ask for the
 * same, and an idle worker takes it. What comes back is a reply; should it be lost, the result is
 * found in the store, and a stage that is on its way no more is handed out again.
 */
export const onCluster = Effect.fnUntraced(function* ({ run, submission, carried, warnings, isCancelled }: RemoteRun) {
  const names = yield* QueueNames
  const sql = yield* PgClient.PgClient
  const factory = yield* PersistedQueue.PersistedQueueFactory
  const pending = new Map<string, Pending>()
  const requirements = new Map(carried.submission.stages.map(({ id, requirement }) => [id, requirement]))

  const offer = (each: Pending) =>
    factory.make({ name: each.queue, schema: StageElement, maxAttempts: mostDeliveries }).pipe(
      Effect.flatMap((queue) => queue.offer(each.element, { id: each.element.key })),
      Effect.retry(Schedule.spaced("500 millis")),
      Effect.ignore,
    )

  const replies = yield* factory.make({ name: names.replies(run), schema: Reply, retrySchedule, maxAttempts: 1000 })
  const takeReply = replies.take((reply) =>
    Effect.suspend(() => {
      const each = pending.get(reply.key)
      return each === undefined ? Effect.void : Deferred.succeed(each.came, reply)
    }),
  )
  yield* Effect.forkScoped(Effect.forever(Effect.catchCause(takeReply, () => Effect.sleep("500 millis"))))

  const listen = Stream.runForEach(heard(names.reports(submission)), (message) =>
    Effect.suspend(() => {
      const said = message as StageReport
      const each = pending.get(said.key)
      if (each === undefined) return Effect.void
      if (said.type === "report") each.options.report(said.report)
      if (said.type === "warning") return each.options.warn(said.message)
      return said.type === "started" ? start(each, said.machine) : Effect.void
    }),
  )
  yield* Effect.forkScoped(listen)

  /** What was lost on the way: the reply of a stage with a result, or the stage itself. */
  const look = Effect.gen(function* () {
    if (pending.size === 0) return
    const keys = [...pending.keys()]
    const rows = yield* sql<{ id: string; state: string; last_failure: string | null }>`
      SELECT id, state, last_failure FROM ${sql(queueTable)}
      WHERE queue_name LIKE ${`${names.anyStages}%`} AND state <> 'completed'
      AND id IN (SELECT json_array_elements_text(${JSON.stringify(keys)}::json))`
    const found = new Map(rows.map((row) => [row.id, row]))
    for (const [key, each] of pending) {
      const row = found.get(key)
      if (row?.state === "failed") {
        yield* Deferred.succeed(each.came, gaveUp(key, row.last_failure))
        yield* sql`DELETE FROM ${sql(queueTable)} WHERE queue_name = ${each.queue} AND id = ${key} AND state = 'failed'`
      } else if (row === undefined) {
        each.missed += 1
        // Its reply may be on the way: the second look decides.
        if (each.missed < 2) continue
        const manifest = yield* (yield* Results).latest(key)
        if (manifest === null || !isWanted(manifest, each.options)) yield* offer(each)
        else yield* Deferred.succeed(each.came, { key, machine: manifest.host.name, came: { type: "cached" } })
      } else each.missed = 0
    }
  })
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(`${lookEverySeconds} seconds`), Effect.ignore(look))))

  const attempt = Effect.fnUntraced(function* (ready: Ready, options: AttemptOptions) {
    const results = yield* Results
    const { key, stage } = ready
    const others = pending.get(key)
    const each = others ?? (yield* begin(ready, options))
    if (others === undefined) yield* offer(each)
    const reply = yield* Deferred.await(each.came)
    pending.delete(key)
    if (reply.came.type !== "cached") yield* start(each, reply.machine)
    yield* options.computed
    return yield* attemptOf(reply, ready, stage.declaration.name, results)
  })

  const begin = Effect.fnUntraced(function* (ready: Ready, options: AttemptOptions) {
    const { key, stage } = ready
    const sources = stage.inputs.flatMap((input) => input.sources)
    const producers = Object.fromEntries(
      sources.flatMap(({ from }) => {
        const manifest = from.kind === "output" ? options.manifests.get(from.id) : undefined
        return from.kind === "output" && manifest !== undefined ? [[from.id, manifest.key]] : []
      }),
    )
    const requirement = requirements.get(stage.id) as string
    const element = { submission, run, id: stage.id, key, requirement, traceparent: yield* traceparent, producers }
    const queue = names.stages(requirement)
    const each: Pending = { ready, options, element, queue, came: yield* Deferred.make<Reply>(), isStarted: false, missed: 0 }
    pending.set(key, each)
    return each
  })

  const placement: Placement<Results> = {
    resources: unlimited,
    attempt,
    warnings: (ids) => Effect.succeed(warnings.filter((warning) => warning.ids.some((id) => ids.has(id)))),
    verifiesResults: false,
    continuesElsewhere: () => !isCancelled(),
  }
  return placement
})

const start = (each: Pending, machine: string): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (each.isStarted) return Effect.void
    each.isStarted = true
    return each.options.started(machine)
  })

/** What the workers have is theirs to allocate. */
const unlimited: Placement["resources"] = {
  isAnyFree: () => true,
  allocate: ({ threads, memory }) => ({ threads, memory, gpus: [] }),
  release: () => {},
}

const gaveUp = (key: string, lastFailure: string | null): Reply => ({
  key,
  machine: "",
  came: {
    type: "failed",
    tag: "Died",
    message: `it was taken ${mostDeliveries} times, and neither finished nor failed; perhaps it ends its workers: look at their logs${lastFailure === null ? "" : `. The last failure: ${lastFailure.split("\n")[0]}`}`,
    details: {},
    record: "",
    seconds: 0,
  },
})

const attemptOf = Effect.fnUntraced(function* ({ came, key }: Reply, { stage }: Ready, name: string, results: Results["Service"]) {
  if (came.type === "damaged") return { type: "damaged", producers: came.producers } satisfies Attempt
  if (came.type === "failed") {
    const { tag, message, details, record, seconds } = came
    const failure = new StageFailed({ id: stage.id, stage: name, tag, message, details, record })
    return { type: "failed", failure, key, seconds } satisfies Attempt
  }
  const manifest = yield* results.latest(key)
  // Gone since, or not visible yet: it is handed out again.
  if (manifest === null) return { type: "held" } satisfies Attempt
  return came.type === "cached"
    ? ({ type: "cached", manifest } satisfies Attempt)
    : ({ type: "finished", manifest, seconds: came.seconds } satisfies Attempt)
})

/**
 * Removes what is left of a run that has ended: replies that came too late, and stages of a
 * cancelled one that no worker has begun. Another run that waits for such a stage hands it out
 * itself when it finds it gone.
 */
export const forgetRun = Effect.fnUntraced(function* (run: string) {
  const names = yield* QueueNames
  const sql = yield* PgClient.PgClient
  yield* Effect.ignore(sql`DELETE FROM ${sql(queueTable)} WHERE queue_name = ${names.replies(run)}`)
  yield* Effect.ignore(sql`
    DELETE FROM ${sql(queueTable)} WHERE queue_name LIKE ${`${names.anyStages}%`} AND state = 'pending'
    AND acquired_at IS NULL AND element::json ->> 'run' = ${run}`)
})
