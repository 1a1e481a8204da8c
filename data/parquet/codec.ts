/** The Parquet encoder and decoder, in WebAssembly: whole files in memory, each of at most one row group. */

import { type Table as ArrowTable, tableFromIPC } from "apache-arrow"
import { Compression, EnabledStatistics, Encoding, readParquet, Table, WriterPropertiesBuilder, writeParquet } from "parquet-wasm"
import { match } from "ts-pattern"
import type { Field } from "./field.ts"

/** Encodes an Arrow IPC stream of these fields as a Parquet file with one row group, or none if it holds no rows. */
export const encodeFile = (ipc: Uint8Array, fields: ReadonlyArray<Field>): Uint8Array =>
  writeParquet(Table.fromIPCStream(ipc), writerProperties(fields))

/**
 * The rows of a Parquet file with at most one row group, of `rows` rows. All columns are decoded: the option to choose some does
 * nothing in parquet-wasm 0.8. `project` a footer instead.
 */
export const decodeFile = (file: Uint8Array, rows: number): ArrowTable =>
  tableFromIPC(readParquet(file, { batchSize: Math.max(rows, 1) }).intoIPCStream())

/**
 * Built for each file: the call that takes the properties consumes them. What is set for all columns is what lists need, because a column
 * inside of another cannot be named. Statistics are of numbers alone: the least and the greatest of texts and tokens find nobody
 * a row, and looking for them takes a tenth of the time of writing.
 */
const writerProperties = (fields: ReadonlyArray<Field>) =>
  fields
    .reduce(
      (properties, { name, type }) =>
        match(type)
          // Ids and steps mostly count up: their differences all but vanish.
          .with("int32", () =>
            properties
              .setColumnDictionaryEnabled(name, false)
              .setColumnEncoding(name, Encoding.DELTA_BINARY_PACKED)
              // Of a page they would need page indexes, which lie outside of the row group.
              .setColumnStatisticsEnabled(name, EnabledStatistics.Chunk),
          )
          // A dictionary of scores is as long as the scores.
          .with("float32", "float64", () =>
            properties.setColumnDictionaryEnabled(name, false).setColumnStatisticsEnabled(name, EnabledStatistics.Chunk),
          )
          .with("bool", "utf8", "list<int32>", "list<float32>", () => properties)
          .exhaustive(),
      new WriterPropertiesBuilder(),
    )
    .setCompression(Compression.ZSTD)
    .setStatisticsEnabled(EnabledStatistics.None)
    .setMaxRowGroupSize(2 ** 31)
    .build()
