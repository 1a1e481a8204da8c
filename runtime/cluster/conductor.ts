import * as fs from "node:fs"
import { PgClient } from "@effect/sql-pg"
import { Cause, Effect, Exit, Fiber, PubSub, Stream } from "effect"
import { PersistedQueue } from "effect/persistence"
import { conduct } from "../execute/conduct.ts"
import type { PreparedRun } from "../execute/prepare.ts"
import { Events, type RunEvent } from "../observe/event.ts"
import { Settings } from "../settings.ts"
import { layout } from "../store/layout.ts"
import { Runs } from "../store/runs/runs.ts"
import { joinTrace } from "../telemetry/traceparent.ts"
import { readCarried } from "./carried.ts"
import { heard, type Sender, sender } from "./channel.ts"
import { QueueNames, queueTable, retrySchedule } from "./database.ts"
import { forgetRun, onCluster } from "./elsewhere.ts"
import { RunElement } from "./messages.ts"
import type { WatchMessage } from "./watch.ts"

/** Runs that one worker conducts at a time: they wait most of the time. */
const mostRuns = 16

/** Deliveries of a run before it is given up: a worker that dies hands its runs to others. */
const mostDeliveries = 1000

/**
 * Takes runs and conducts them, until it is interrupted: looks up what has a result, hands the
 * other stages out, and keeps the record and the journal. Should this process die, another worker
 * takes the run, and finds in the store what has been computed.
 */
export const conductRuns = Effect.fn("conductRuns")(function* (onChange: (runs: ReadonlySet<string>) => void) {
  const names = yield* QueueNames
  const queue = yield* PersistedQueue.make({ name: names.runs, schema: RunElement, maxAttempts: mostDeliveries, retrySchedule })
  const conducting = new Set<string>()
  const one = queue.take((element, { attempts }) =>
    Effect.acquireUseRelease(
      Effect.sync(() => onChange(conducting.add(element.head.run))),
      () => conductOne(element, attempts),
      () =>
        Effect.sync(() => {
          conducting.delete(element.head.run)
          onChange(conducting)
        }),
    ),
  )
  const forever = Effect.forever(
    Effect.catchCause(one, (cause) => (Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause as never) : pause(cause))),
  )
  yield* Effect.replicateEffect(forever, mostRuns, { concurrency: mostRuns, discard: true })
})

const pause = (cause: Cause.Cause<unknown>) => Effect.andThen(Effect.logWarning("a run is put back", cause), Effect.sleep("1 second"))

const conductOne = Effect.fn("conductOne")(function* ({ submission, traceparent, head, warnings }: RunElement, delivery: number) {
  const record = yield* (yield* Runs).one(head.run)
  // The worker before this one died when all had been done.
  if (record !== null && record.outcome !== "unfinished") return
  const carried = yield* readCarried(submission)
  const events = yield* PubSub.unbounded<RunEvent>()
  let isCancelled = false
  const placement = yield* onCluster({ run: head.run, submission, carried, warnings, isCancelled: () => isCancelled })
  const prepared: PreparedRun = {
    head: { ...head, commit: Promise.resolve(head.commit) },
    graph: carried.graph,
    graphCode: carried.code,
    refresh: new Set(carried.submission.refresh),
  }
  yield* forgetJournal(head.run)
  const teller = yield* tellWatchers(submission, events)
  const work = yield* Effect.forkChild(conduct(prepared, placement).pipe(Effect.provideService(Events, events), joinTrace(traceparent)))
  yield* Effect.forkScoped(
    Stream.runForEach(heard((yield* QueueNames).events(submission)), (message) => {
      const { type } = message as WatchMessage
      if (type === "hello") return Effect.sync(teller.repeat)
      if (type !== "cancel") return Effect.void
      isCancelled = true
      return Fiber.interrupt(work)
    }),
  )
  yield* Effect.forkScoped(Effect.andThen(takenByAnother(submission, delivery), Fiber.interrupt(work)))
  const exit = yield* Fiber.await(work)
  // A run that was cancelled has ended as any other. One that this worker cannot end goes to
  // another.
  if (Exit.isFailure(exit) && !isCancelled) return yield* Effect.failCause(exit.cause)
  yield* teller.end
  yield* forgetRun(head.run)
}, Effect.scoped)

/** Milliseconds between two looks at whether a run is still ours. */
const ownershipMs = 1000

/**
 * Ends when the run has been delivered again: to the queue, this process had died, because it was
 * frozen or its link was cut. Two that conduct one run would take each other's replies.
 */
const takenByAnother = Effect.fnUntraced(function* (submission: string, delivery: number) {
  const sql = yield* PgClient.PgClient
  const { runs } = yield* QueueNames
  const deliveries = sql<{ attempts: number }>`
    SELECT attempts FROM ${sql(queueTable)} WHERE queue_name = ${runs} AND id = ${submission} AND state = 'pending'`
  const isOurs = Effect.orElseSucceed(
    Effect.map(deliveries, (rows) => rows.length === 1 && Number(rows[0]?.attempts) === delivery),
    () => true,
  )
  do yield* Effect.sleep(ownershipMs)
  while (yield* isOurs)
})

/** A run that another worker began is told again from its beginning. */
const forgetJournal = Effect.fnUntraced(function* (run: string) {
  const { store } = yield* Settings
  yield* Effect.ignore(Effect.try(() => fs.rmSync(layout(store).journal(run), { force: true })))
})

interface Teller {
  /** Tells all that has happened so far once more. */
  readonly repeat: () => void
  /** Tells the last. */
  readonly end: Effect.Effect<void>
}

/** Tells those who watch what happens, and those who come later what has happened. */
const tellWatchers = Effect.fnUntraced(function* (submission: string, events: PubSub.PubSub<RunEvent>) {
  const tell: Sender = yield* sender((yield* QueueNames).events(submission))
  const subscription = yield* PubSub.subscribe(events)
  const kept: Array<RunEvent> = []
  const take = Effect.map(PubSub.takeUpTo(subscription, Number.POSITIVE_INFINITY), (all) => {
    for (const event of all) {
      if (!isPassing(event)) kept.push(event)
      tell.send({ type: "event", event } satisfies WatchMessage)
    }
  })
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(take, Effect.sleep(50))))
  return {
    repeat: () => {
      for (const event of kept) tell.send({ type: "event", event } satisfies WatchMessage)
      tell.send({ type: "told" } satisfies WatchMessage)
    },
    end: Effect.andThen(take, tell.flush),
  } satisfies Teller
})

/** What later events outdate. */
const isPassing = ({ type }: RunEvent): boolean => type === "stage.progress" || type === "stage.metrics" || type === "stage.output"
