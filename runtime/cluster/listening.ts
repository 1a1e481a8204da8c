import { PgClient, PgConnection } from "@effect/sql-pg"
import { Context, Deferred, Effect, Layer, Queue, RcRef, Scope } from "effect"

/** Seconds between two questions whether a connection that only listens is still there. */
const askEverySeconds = 2

/** Seconds after which an answer is not waited for any more. */
const answerSeconds = 3

/** The notifications of a channel; fails when the connection is lost. */
export type Heard = Effect.Effect<string, unknown>

/**
 * The one connection on which this process listens, to any number of channels. It is not one of the
 * pool, which a worker with several runs would use up.
 */
export class Listening extends Context.Service<
  Listening,
  { readonly listen: (channel: string) => Effect.Effect<Heard, unknown, Scope.Scope> }
>()("assay/runtime/cluster/Listening") {
  static readonly layer: Layer.Layer<Listening, never, PgClient.PgClient> = Layer.effect(
    Listening,
    Effect.gen(function* () {
      const { config } = yield* PgClient.PgClient
      const shared = yield* RcRef.make({ acquire: connect(config), idleTimeToLive: "5 seconds" })
      return {
        listen: Effect.fnUntraced(function* (channel) {
          const { connection, lost } = yield* RcRef.get(shared)
          const unlessLost = <A>(effect: Effect.Effect<A, unknown>) =>
            Effect.tapError(Effect.raceFirst(effect, Deferred.await(lost)), () => RcRef.invalidate(shared))
          const inbox = yield* Effect.provideService(connection.listen(channel), Scope.Scope, yield* Effect.scope)
          return unlessLost(Effect.map(Queue.take(inbox), ({ payload }) => payload))
        }),
      }
    }),
  )
}

/** A link that was cut tells no one that a connection is gone: it is asked. */
const connect = Effect.fnUntraced(function* (config: PgClient.PgClient["config"]) {
  const connection = yield* Effect.flatMap(PgConnection.make(config), (each) => each.pin)
  const lost = yield* Deferred.make<never, unknown>()
  const ask = Effect.andThen(
    Effect.sleep(`${askEverySeconds} seconds`),
    Effect.timeout(connection.query("SELECT 1"), `${answerSeconds} seconds`),
  )
  yield* Effect.forkScoped(Effect.catchCause(Effect.forever(ask), (cause) => Deferred.failCause(lost, cause)))
  return { connection, lost }
})
