import { Effect } from "effect"
import type { Connection } from "../../dsl/connection.ts"
import { type Reaper, startReaper } from "../disk/reaper.ts"
import { openProgram } from "./ask-program.ts"
import { type Ask, openServer } from "./ask-server.ts"
import { openSender, type Sender } from "./post.ts"

/** Opens what stages ask, and closes all of it. */
export interface Opener {
  readonly open: (connection: Connection) => Ask
  readonly close: Effect.Effect<void>
}

export const opener = (projectRoot: string): Opener => {
  const closing: Array<Effect.Effect<void>> = []
  let sender: Sender | undefined
  let reaper: Reaper | undefined
  return {
    open: (connection) => {
      if (connection.kind === "server") {
        sender ??= openSender()
        return openServer(connection, sender)
      }
      reaper ??= startReaper()
      const { ask, close } = openProgram(connection, { folder: projectRoot, reaper })
      closing.push(close)
      return ask
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
