import { Context, Duration, Effect, Equal, Hash, Layer, RcMap, type Scope } from "effect"
import { canonicalJson } from "../../dsl/canonical.ts"
import type { Connection } from "../../dsl/connection.ts"
import { executablePath } from "../program/executable.ts"
import { Settings } from "../settings.ts"
import type { Ask } from "./ask-server.ts"
import type { NotAnswered } from "./not-answered.ts"
import type { ProgramFolder, ProgramPlace } from "./program-folder.ts"

interface ConnectionsShape {
  /**
   * What asks a server or a program, until the scope closes. A program is started in the project,
   * where it lives as long as this service; or in `folder`, where it ends a while after all scopes
   * in which it was opened.
   */
  readonly open: (connection: Connection, folder?: ProgramFolder) => Effect.Effect<Ask, NotAnswered, Scope.Scope>
}

/** How long a program in a folder of its own waits for the next stage. */
const idleTimeToLive = Duration.minutes(1)

/** Who is asked: those of one name are one. */
class Asked implements Equal.Equal {
  readonly connection: Connection
  readonly folder: ProgramFolder | undefined
  readonly #name: string

  constructor(connection: Connection, folder: ProgramFolder | undefined) {
    this.connection = connection
    this.folder = folder
    this.#name = canonicalJson([connection, folder?.name ?? null])
  }

  [Equal.symbol](that: unknown): boolean {
    return that instanceof Asked && that.#name === this.#name
  }

  [Hash.symbol](): number {
    return Hash.string(this.#name)
  }
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
      let close = Effect.void
      // Loaded where something is asked: most commands ask nothing.
      const opener = yield* Effect.cached(
        Effect.map(
          Effect.promise(() => import("./opener.ts")),
          (module) => {
            const made = module.opener()
            close = made.close
            return made
          },
        ),
      )
      const placeOf = ({ connection, folder }: Asked): Effect.Effect<ProgramPlace, NotAnswered, Scope.Scope> =>
        folder?.make ??
        Effect.succeed({
          folder: projectRoot,
          executable: connection.kind === "program" ? executablePath(connection.command.run[0] ?? "", projectRoot) : "",
        })
      const opened = yield* RcMap.make({
        lookup: (asked: Asked): Effect.Effect<Ask, NotAnswered, Scope.Scope> =>
          Effect.flatMap(Effect.all([opener, placeOf(asked)]), ([{ open }, place]) => open(asked.connection, place)),
        idleTimeToLive: ({ folder }) => (folder === undefined ? Duration.infinity : idleTimeToLive),
      })
      // Closes all at once, before the map closes one after another.
      yield* Effect.addFinalizer(() => Effect.suspend(() => close))
      return { open: (connection, folder) => RcMap.get(opened, new Asked(connection, folder)) }
    }),
  )
}
