import { Effect } from "effect"
import type { DataFileError, QueryError } from "../../data/error.ts"
import type { Limits, QueryResult, Views } from "../../data/query/index.ts"
import { whole } from "../../data/query/limits.ts"
import type { Json } from "../../dsl/canonical.ts"
import type { Columns } from "../../dsl/index.ts"
import { Settings } from "../settings.ts"
import type { ArtifactFile } from "../store/results/reader.ts"
import { queryMemory } from "./query-memory.ts"
import { askQuestion, startQueryProcess, stopQueryProcess } from "./query-process.ts"

export { type QueryResult, whole as wholeAnswer }

/** How much of an answer is wanted; `beyond` it, rows and cells are cut, or the query refused. */
export type Wanted = Omit<Limits, "memory">

/**
 * Answers one SELECT over views of stored tables; nothing else on the machine can be read or
 * written. Of long answers no more than is wanted is fetched. It runs in a process of its own,
 * which is slow to start: for several questions there is `Queries`.
 */
export const queryViews: (views: Views, sql: string, wanted: Wanted) => Effect.Effect<QueryResult, QueryError | DataFileError, Settings> =
  Effect.fn("queryViews")(function* (views, sql, wanted) {
    const settings = yield* Settings
    const limits = { ...wanted, memory: queryMemory(settings) }
    const answer = yield* Effect.acquireUseRelease(
      startQueryProcess(settings, false),
      (asked) => askQuestion(asked, { about: "views", views, sql, limits }),
      stopQueryProcess,
    )
    return answer as QueryResult
  })

/**
 * Bytes of a small table, unpacked, up to which it is read whole: to open a database takes longer.
 */
const smallTable = 2 ** 20

/**
 * The rows of a small stored table as lists of cells, in the order of its columns. Cells of `cell`
 * characters or items and more are cut.
 */
export const readTable: (
  file: ArtifactFile,
  columns: Columns,
  cell: number,
) => Effect.Effect<ReadonlyArray<ReadonlyArray<Json>>, QueryError | DataFileError, Settings> = Effect.fn("readTable")(
  function* (file, columns, cell) {
    const { unpackedBytes, readRows } = yield* Effect.promise(() => import("../../data/parquet/index.ts"))
    const reading = <A>(read: () => Promise<A>) => Effect.tryPromise({ try: read, catch: (error) => error as DataFileError })
    if ((yield* reading(() => unpackedBytes(file.path))) > smallTable) {
      const { rows } = yield* queryViews({ artifact: [file.path] }, "select * from artifact", { rows: 1000, cell, beyond: "cut" })
      return rows
    }
    const names = Object.keys(columns)
    return (yield* reading(() => readRows(file.path, columns))).map((row) => names.map((name) => cellOf(row[name] ?? null)))
  },
)

/** JSON knows neither NaN nor typed arrays. */
const cellOf = (cell: null | boolean | number | string | Int32Array | Float32Array): Json => {
  if (typeof cell === "number" && !Number.isFinite(cell)) return String(cell)
  return typeof cell === "object" && cell !== null ? Array.from(cell) : cell
}
