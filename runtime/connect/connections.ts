import { Context, Effect, Layer } from "effect"
import { canonicalJson, type Json } from "../../dsl/canonical.ts"
import type { Connection, ConnectionRequest } from "../../dsl/connection.ts"
import { Settings } from "../settings.ts"
import type { Ask } from "./ask-server.ts"
import type { Answered, NotAnswered } from "./not-answered.ts"

interface ConnectionsShape {
  /**
   * One answer for each request, in their order. `answered` is called with each as soon as it is
   * there. Where one cannot be had, no more is asked, but what is on its way is waited for and told
   * to `answered` too, before it fails. Interrupting it gives up what is on its way.
   */
  readonly ask: (
    connection: Connection,
    requests: ReadonlyArray<ConnectionRequest>,
    answered: Answered,
  ) => Effect.Effect<ReadonlyArray<Json>, NotAnswered>
}

/**
 * The servers and programs that stages ask, until the scope closes. What is declared alike is one:
 * all stages share its limits, and its processes.
 */
export class Connections extends Context.Service<Connections, ConnectionsShape>()("assay/runtime/Connections") {
  static readonly layer: Layer.Layer<Connections, never, Settings> = Layer.effect(
    Connections,
    Effect.gen(function* () {
      const { projectRoot } = yield* Settings
      const opened = new Map<string, Ask>()
      // Loaded where something is asked: most commands ask nothing.
      const open = yield* Effect.cached(
        Effect.map(
          Effect.promise(() => import("./opener.ts")),
          ({ opener }) => opener(projectRoot),
        ),
      )
      let close = Effect.void
      yield* Effect.addFinalizer(() => Effect.suspend(() => close))
      return {
        ask: Effect.fnUntraced(function* (connection, requests, answered) {
          const opener = yield* open
          close = opener.close
          const key = canonicalJson(connection)
          const ask = opened.get(key) ?? opener.open(connection)
          opened.set(key, ask)
          return yield* ask(requests, answered)
        }),
      }
    }),
  )
}
