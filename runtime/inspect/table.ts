import { Effect } from "effect"
import type { DataFileError, QueryError } from "../../data/error.ts"
import type { QueryResult } from "../../data/query/index.ts"
import type { ArtifactFile } from "../store/store.ts"

export type { QueryResult }

/** Answers one SELECT over a stored table, which the query calls `artifact`; nothing else on the machine can be read or written. */
export const queryTable = (file: ArtifactFile, sql: string): Effect.Effect<QueryResult, QueryError | DataFileError> =>
  Effect.tryPromise({
    // Loaded when asked: a plan does not pay for a database.
    try: async () => (await import("../../data/query/index.ts")).query(file.path, sql),
    catch: (error) => error as QueryError | DataFileError,
  })
