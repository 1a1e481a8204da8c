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

// Built for each file: the call that takes the properties consumes them.
const writerProperties = (fields: ReadonlyArray<Field>) =>
  fields
    .reduce(
      (properties, { name, type }) =>
        match(type)
          // Ids and steps mostly count up: their differences all but vanish.
          .with("int32", () => properties.setColumnDictionaryEnabled(name, false).setColumnEncoding(name, Encoding.DELTA_BINARY_PACKED))
          // A dictionary of scores is as long as the scores.
          .with("float32", "float64", () => properties.setColumnDictionaryEnabled(name, false))
          // The least and the greatest of texts find nobody a row, and to look for them takes a tenth of the time of writing.
          .with("utf8", () => properties.setColumnStatisticsEnabled(name, EnabledStatistics.None))
          .with("list<int32>", "list<float32>", () => properties.setColumnStatisticsEnabled(`${name}.list.element`, EnabledStatistics.None))
          .with("bool", () => properties)
          .exhaustive(),
      new WriterPropertiesBuilder(),
    )
    .setCompression(Compression.ZSTD)
    .setMaxRowGroupSize(2 ** 31)
    // Statistics of a page would need page indexes, which lie outside of the row group.
    .setStatisticsEnabled(EnabledStatistics.Chunk)
    .build()
