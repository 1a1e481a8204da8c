/** The Parquet encoder and decoder, in WebAssembly: whole files in memory, each of at most one row group. */

import { type Table as ArrowTable, tableFromIPC } from "apache-arrow"
import { Compression, EnabledStatistics, readParquet, Table, WriterPropertiesBuilder, writeParquet } from "parquet-wasm"

/** Encodes an Arrow IPC stream as a Parquet file with one row group, or none if it holds no rows. */
export const encodeFile = (ipc: Uint8Array): Uint8Array => writeParquet(Table.fromIPCStream(ipc), writerProperties())

/** The rows of a Parquet file with at most one row group, of `rows` rows. */
export const decodeFile = (file: Uint8Array, rows: number, columns?: ReadonlyArray<string>): ArrowTable =>
  tableFromIPC(
    readParquet(file, { batchSize: Math.max(rows, 1), ...(columns === undefined ? {} : { columns: [...columns] }) }).intoIPCStream(),
  )

// Built for each file: the call that takes the properties consumes them.
const writerProperties = () =>
  new WriterPropertiesBuilder()
    .setCompression(Compression.ZSTD)
    .setMaxRowGroupSize(2 ** 31)
    // Statistics of a page would need page indexes, which lie outside of the row group.
    .setStatisticsEnabled(EnabledStatistics.Chunk)
    .build()
