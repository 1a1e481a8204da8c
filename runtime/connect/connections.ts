import { Context, Effect, Layer } from "effect"
import { canonicalJson, type Json } from "../../dsl/canonical.ts"
import type { Connection, ConnectionRequest } from "../../dsl/connection.ts"
import { type Reaper, startReaper } from "../disk/reaper.ts"
import { Settings } from "../settings.ts"
import { openProgram } from "./ask-program.ts"
import { type Ask, openServer } from "./ask-server.ts"
import type { Answered, NotAnswered } from "./not-answered.ts"
import { openSender, type Sender } from "./post.ts"

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
      const closing: Array<Effect.Effect<void>> = []
      let sender: Sender | undefined
      let reaper: Reaper | undefined
      yield* Effect.addFinalizer(() =>
        Effect.andThen(
          Effect.forEach(closing, (close) => close, { concurrency: "unbounded", discard: true }),
          Effect.sync(() => {
            sender?.close()
            reaper?.close()
          }),
        ),
      )
      const open = (connection: Connection): Ask => {
        if (connection.kind === "server") {
          sender ??= openSender()
          return openServer(connection, sender)
        }
        reaper ??= startReaper()
        const { ask, close } = openProgram(connection, { folder: projectRoot, reaper })
        closing.push(close)
        return ask
      }
      return {
        ask: (connection, requests, answered) =>
          Effect.suspend(() => {
            const key = canonicalJson(connection)
            const ask = opened.get(key) ?? open(connection)
            opened.set(key, ask)
            return ask(requests, answered)
          }),
      }
    }),
  )
}
