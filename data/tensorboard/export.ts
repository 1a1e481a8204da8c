import { readBatches } from "../parquet/index.ts"
import { metrics } from "../schema/metrics.ts"
import { writePieces } from "../written-file.ts"
import { scalarsRecord, versionRecord } from "./event.ts"

/**
 * Writes a table of metrics as a file of TensorBoard's events, one event per step; an existing file
 * is replaced. Every event has the same `wallTime`, in seconds since 1970: of when a step was taken
 * a table says nothing. Fails with a DataFileError or ColumnError if the table is none, or the disk
 * refuses.
 */
export const exportEvents = async (table: string, file: string, wallTime: number): Promise<void> => {
  async function* records() {
    yield versionRecord(wallTime)
    let step: number | undefined
    let values: Record<string, number> = {}
    for await (const rows of readBatches(table, metrics))
      for (const row of rows) {
        // A name that comes again is a later value of the same step.
        if (step !== undefined && (row.step !== step || Object.hasOwn(values, row.name))) {
          yield scalarsRecord(wallTime, step, values)
          values = {}
        }
        step = row.step
        values[row.name] = row.value
      }
    if (step !== undefined) yield scalarsRecord(wallTime, step, values)
  }
  await writePieces(file, records())
}
