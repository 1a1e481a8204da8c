import { PgClient } from "@effect/sql-pg"
import { Cause, Context, Duration, Effect, Layer, Schedule } from "effect"
import { PersistedQueue } from "effect/persistence"
import { SqlError } from "effect/sql"
import { DatabaseUnreachable, NoDatabase, type StoreNotReadable, type StoreNotWritable } from "../error.ts"
import { Settings } from "../settings.ts"
import { SharedFiles } from "../store/remote/shared-files.ts"
import { Listening } from "./listening.ts"
import { type Names, namesIn } from "./names.ts"

/** The table of Effect's queues. */
export const queueTable = "assay_queue"

/**
 * Seconds after its last sign of life for which an element stays with the worker that took it. A
 * worker that is killed costs its stages that long.
 */
export const lockSeconds = 4

/** Milliseconds between two looks at an empty queue. */
const pollMs = 50

/** Seconds between two removals of what has been taken and done. */
const cleanupSeconds = 2

/**
 * An element whose worker failed at it is delivered again. Effect's own schedule would wait for
 * minutes after a few deaths of workers, which count as failures.
 */
export const retrySchedule = Schedule.spaced("1 second")

/** Where the machines of a cluster meet: a database, and the queues in it. */
export type Cluster = QueueNames | Listening | PgClient.PgClient | PersistedQueue.PersistedQueueFactory | PersistedQueue.PersistedQueueStore

/** The names of this store's queues and channels in the database that others may use too. */
export class QueueNames extends Context.Service<QueueNames, Names>()("assay/runtime/cluster/QueueNames") {}

type DatabaseError = NoDatabase | DatabaseUnreachable | StoreNotReadable | StoreNotWritable

/**
 * The database that the settings name. Queues, their locks and their redelivery are Effect's: each
 * element is delivered at least once.
 */
export const databaseLayer: Layer.Layer<Cluster, DatabaseError, Settings | SharedFiles> = Layer.unwrap(
  Effect.gen(function* () {
    const { database } = yield* Settings
    if (database === null)
      return yield* new NoDatabase({
        message:
          "a cluster needs a PostgreSQL database in which its machines meet: set ASSAY_DATABASE_URL, such as postgres://user:password@host/assay",
      })
    const names = Layer.effect(QueueNames, Effect.map((yield* SharedFiles).identity, namesIn))
    const client = PgClient.layer({ url: database, applicationName: "assay", maxConnections: 6, connectTimeout: "10 seconds" })
    const store = PersistedQueue.layerStoreSql({
      tableName: queueTable,
      pollInterval: Duration.millis(pollMs),
      lockRefreshInterval: "1 second",
      lockExpiration: Duration.seconds(lockSeconds),
    })
    const queues = PersistedQueue.layer.pipe(Layer.provideMerge(store), Layer.provideMerge(Listening.layer), Layer.provideMerge(client))
    return Layer.mergeAll(names, queues).pipe(Layer.catchCause((cause) => Layer.effectDiscard(unreachable(cause)))) as never
  }),
)

/**
 * Without the text of the address, which may hold a password. What makes the queue's table has the
 * error of a connection, or of a missing right, as a defect.
 */
const unreachable = (cause: Cause.Cause<unknown>): Effect.Effect<never, unknown> => {
  const error = Cause.squash(cause)
  if (!SqlError.isSqlError(error)) return Effect.failCause(cause)
  const message = `the database that ASSAY_DATABASE_URL names cannot be used: ${innermost(error)}; check its host, port, name, user, password and TLS`
  return Effect.fail(new DatabaseUnreachable({ message }))
}

/** What the server or the system said. */
const innermost = (error: Error): string => (error.cause instanceof Error ? innermost(error.cause) : error.message)

/**
 * Removes, as long as the scope is open, what has been taken and done: a queue refuses an id that
 * it has had before, and a result that was deleted has to be computed again. Replies of stages that
 * outlived their run are removed too.
 */
export const cleanUp = Effect.gen(function* () {
  const store = yield* PersistedQueue.PersistedQueueStore
  const sql = yield* PgClient.PgClient
  const { runs, anyReplies } = yield* QueueNames
  const lateReplies = sql`
    DELETE FROM ${sql(queueTable)} AS reply WHERE starts_with(queue_name, ${anyReplies}) AND NOT EXISTS (
      SELECT 1 FROM ${sql(queueTable)} AS run WHERE run.queue_name = ${runs} AND run.state = 'pending'
      AND ${anyReplies} || (run.element::json -> 'head' ->> 'run') = reply.queue_name)`
  yield* store
    .cleanup({ timeToLive: Duration.zero, failedTimeToLive: Duration.days(7) })
    .pipe(
      Effect.ignore,
      Effect.andThen(Effect.ignore(lateReplies)),
      Effect.repeat(Schedule.spaced(`${cleanupSeconds} seconds`)),
      Effect.forkScoped,
    )
})
