import { Effect, type Scope } from "effect"
import type { Connection } from "../../dsl/connection.ts"
import { type Reaper, startReaper } from "../disk/reaper.ts"
import { type OpenProgram, openProgram } from "./ask-program.ts"
import { type Ask, openServer } from "./ask-server.ts"
import { openSender, type Sender } from "./post.ts"
import type { ProgramPlace } from "./program-folder.ts"

/** Opens what stages ask, and closes all of it. */
export interface Opener {
  /** Until the scope closes. Of a program, `place` says where it is started. */
  readonly open: (connection: Connection, place: ProgramPlace) => Effect.Effect<Ask, never, Scope.Scope>
  readonly close: Effect.Effect<void>
}

export const opener = (): Opener => {
  const closing = new Set<Effect.Effect<void>>()
  let sender: Sender | undefined
  let reaper: Reaper | undefined
  return {
    open: (connection, place) => {
      if (connection.kind === "server")
        return Effect.sync(() => {
          sender ??= openSender()
          return openServer(connection, sender)
        })
      const acquire = Effect.sync(() => {
        reaper ??= startReaper()
        const opened = openProgram(connection, { ...place, reaper })
        closing.add(opened.close)
        return opened
      })
      const release = ({ close }: OpenProgram) =>
        Effect.andThen(
          close,
          Effect.sync(() => closing.delete(close)),
        )
      return Effect.map(Effect.acquireRelease(acquire, release), ({ ask }) => ask)
    },
    close: Effect.suspend(() =>
      Effect.andThen(
        Effect.forEach(closing, (close) => close, { concurrency: "unbounded", discard: true }),
        Effect.sync(() => {
          sender?.close()
          reaper?.close()
        }),
      ),
    ),
  }
}
