/** Tables as Parquet files: zstd, in row groups, read and written in bounded memory. */

export { countRows, digestTable, readBatches, readColumns, readRows } from "./reader.ts"
export { unpackedBytes } from "./unpacked.ts"
export { openTableWriter, type TableSink, type TableWriter, tableWriter } from "./writer.ts"
