import * as os from "node:os"
import * as path from "node:path"
import { Effect, Layer, Result } from "effect"
import type { Json } from "../../../dsl/canonical.ts"
import type { Connection, ConnectionRequest } from "../../../dsl/connection.ts"
import { Connections } from "../../../runtime/connect/connections.ts"
import type { NotAnswered } from "../../../runtime/connect/not-answered.ts"
import { Pacing, type PacingShape } from "../../../runtime/connect/pacing.ts"
import type { ProgramFolder } from "../../../runtime/connect/program-folder.ts"
import { Settings } from "../../../runtime/settings.ts"

const assayRoot = path.resolve(import.meta.dirname, "../../..")

/** Pauses that a test can wait for. */
export const quick: PacingShape = { firstPauseMs: 2, longestPauseMs: 20, longestAskedMs: 10_000, minuteMs: 60_000 }

/** The service of one command, in a folder. */
export const connections = (folder: string = os.tmpdir()): Layer.Layer<Connections> =>
  Connections.layer.pipe(
    Layer.provide(Settings.layer({ assayRoot, workingDirectory: folder, environment: { ASSAY_CACHE: os.tmpdir() } })),
    Layer.orDie,
  )

/** What asking has come to, and the answers that were told while it did. */
export interface Asked {
  readonly result: Result.Result<ReadonlyArray<Json>, NotAnswered>
  readonly told: ReadonlyMap<number, Json>
}

export const asking = Effect.fnUntraced(function* (
  connection: Connection,
  requests: ReadonlyArray<ConnectionRequest>,
  pacing: Partial<PacingShape> = {},
  folder?: ProgramFolder,
) {
  const { open } = yield* Connections
  const told = new Map<number, Json>()
  const result = yield* Effect.flatMap(open(connection, folder), (ask) =>
    ask(requests, (index, answer) => void told.set(index, answer)),
  ).pipe(Effect.result, Effect.scoped, Effect.provideService(Pacing, { ...quick, ...pacing }))
  return { result, told } satisfies Asked
})

/** Asks by a service of its own. */
export const ask = (
  connection: Connection,
  requests: ReadonlyArray<ConnectionRequest>,
  pacing: Partial<PacingShape> = {},
  folder?: string,
): Promise<Asked> => Effect.runPromise(Effect.provide(asking(connection, requests, pacing), connections(folder)))

/** The answers; throws where there are none. */
export const answersOf = ({ result }: Asked): ReadonlyArray<Json> => {
  if (Result.isFailure(result)) throw result.failure
  return result.success
}

/** Why there are none; throws where there are. */
export const failureOf = ({ result }: Asked): NotAnswered => {
  if (Result.isSuccess(result)) throw new Error(`answered ${JSON.stringify(result.success)}`)
  return result.failure
}

/** Requests to `/score` that a server can tell apart. */
export const scoreRequests = (count: number): ReadonlyArray<ConnectionRequest> =>
  Array.from({ length: count }, (_, index) => ({ path: "/score", body: { text: `text ${index}` } }))
