/**
 * The Parquet encoder and decoder, in WebAssembly: whole files in memory, each of at most one row
 * group.
 */

import { type Table as ArrowTable, type Schema, tableFromIPC } from "apache-arrow"
import { Compression, EnabledStatistics, readParquet, Table, WriterPropertiesBuilder, writeParquet } from "parquet-wasm"
import { toIpc } from "./arrow.ts"
import { type Chunk, hasNaN } from "./chunk.ts"
import { layoutOf } from "./encoding.ts"
import type { Field } from "./field.ts"

/**
 * Encodes these columns' cells as a Parquet file with one row group, or none if it holds no rows.
 */
export const encodeFile = (schema: Schema, fields: ReadonlyArray<Field>, chunks: ReadonlyArray<Chunk>): Uint8Array =>
  writeParquet(Table.fromIPCStream(toIpc(schema, chunks)), writerProperties(fields, chunks))

/** Rows of a row group, from `start` up to `end`. */
export interface RowRange {
  readonly start: number
  readonly end: number
}

/**
 * Rows of a Parquet file with at most one row group: all of its `rows`, or a range of them. All
 * columns are decoded: the option to choose some does nothing in parquet-wasm 0.8. `project` a
 * footer instead.
 */
export const decodeFile = (file: Uint8Array, rows: number, range: RowRange = { start: 0, end: rows }): ArrowTable => {
  const count = range.end - range.start
  const part = count < rows ? { offset: range.start, limit: count } : {}
  return tableFromIPC(readParquet(file, { batchSize: Math.max(count, 1), ...part }).intoIPCStream())
}

/**
 * Built for each file: the call that takes the properties consumes them. What is set for all
 * columns is what lists need, because a column inside of another cannot be named. Statistics are of
 * numbers alone: minima and maxima of texts and tokens help no query, and computing
 * them takes a tenth of the time of writing. Where a number is NaN there are none, because they
 * leave it out, and readers that answer by them (DuckDB 1.5) take it for a number between them.
 */
const writerProperties = (fields: ReadonlyArray<Field>, chunks: ReadonlyArray<Chunk>) =>
  fields
    .reduce((properties, field, index) => {
      const { name, type } = field
      const chunk = chunks[index]
      const layout = chunk === undefined ? "dictionary" : layoutOf(field, chunk)
      const laid =
        layout === "dictionary"
          ? properties.setColumnDictionaryEnabled(name, true)
          : properties.setColumnDictionaryEnabled(name, false).setColumnEncoding(name, layout)
      // Of a page they would need page indexes, which lie outside of the row group.
      return type === "int32" || ((type === "float32" || type === "float64") && chunk !== undefined && !hasNaN(chunk.values))
        ? laid.setColumnStatisticsEnabled(name, EnabledStatistics.Chunk)
        : laid
    }, new WriterPropertiesBuilder())
    .setCompression(Compression.ZSTD)
    .setStatisticsEnabled(EnabledStatistics.None)
    .setMaxRowGroupSize(2 ** 31)
    .build()
