import { Effect } from "effect"
import type { DataFileError, QueryError } from "../../data/error.ts"
import type { QueryResult } from "../../data/query/index.ts"
import type { Json } from "../../dsl/canonical.ts"
import type { Columns } from "../../dsl/index.ts"
import type { ArtifactFile } from "../store/store.ts"

export type { QueryResult }

/** Answers one SELECT over a stored table, which the query calls `artifact`; nothing else on the machine can be read or written. */
export const queryTable = (file: ArtifactFile, sql: string): Effect.Effect<QueryResult, QueryError | DataFileError> =>
  Effect.tryPromise({
    // Loaded when asked: a plan does not pay for a database.
    try: async () => (await import("../../data/query/index.ts")).query(file.path, sql),
    catch: (error) => error as QueryError | DataFileError,
  })

/** The rows of a small stored table as lists of cells, in the order of its columns: without a database, which takes longer to open than to read. */
export const readTable = (file: ArtifactFile, columns: Columns): Effect.Effect<ReadonlyArray<ReadonlyArray<Json>>, DataFileError> =>
  Effect.tryPromise({
    try: async () => {
      const { readRows } = await import("../../data/parquet/index.ts")
      const names = Object.keys(columns)
      return (await readRows(file.path, columns)).map((row) => names.map((name) => cellOf(row[name] ?? null)))
    },
    catch: (error) => error as DataFileError,
  })

/** JSON knows neither NaN nor typed arrays. */
const cellOf = (cell: null | boolean | number | string | Int32Array | Float32Array): Json => {
  if (typeof cell === "number" && !Number.isFinite(cell)) return String(cell)
  return typeof cell === "object" && cell !== null ? Array.from(cell) : cell
}
