import { Effect } from "effect"
import type { ColumnError, DataFileError } from "../../data/error.ts"
import type { Columns } from "../../dsl/index.ts"
import type { ArtifactFile } from "../store/results/reader.ts"

/** Formats of which any table can be written, row by row. */
export type TableFormat = "csv" | "jsonl"

/**
 * Writes a stored table to a file as CSV or JSON Lines. Returns how many numbers were NaN or
 * infinite, which JSON has no word for: they became null.
 */
export const writeTable = (table: ArtifactFile, file: string, format: TableFormat) =>
  reading(async () => {
    const { exportCsv, exportJsonLines } = await import("../../data/export/index.ts")
    if (format === "jsonl") return exportJsonLines(table.path, file)
    await exportCsv(table.path, file)
    return { notFinite: 0 }
  })

/**
 * Writes a stored table of metrics to a file of TensorBoard's events, all of one time (seconds
 * since 1970).
 */
export const writeEvents = (table: ArtifactFile, file: string, wallTime: number) =>
  reading(async () => (await import("../../data/tensorboard/index.ts")).exportEvents(table.path, file, wallTime))

/** The columns of a stored table, from its footer. */
export const columnsOfTable = (table: ArtifactFile): Effect.Effect<Columns, DataFileError | ColumnError> =>
  reading(async () => (await import("../../data/parquet/index.ts")).readColumns(table.path))

const reading = <A>(act: () => Promise<A>): Effect.Effect<A, DataFileError | ColumnError> =>
  Effect.tryPromise({ try: act, catch: (error) => error as DataFileError | ColumnError })
