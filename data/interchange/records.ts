import { type ByteSource, piecesOf } from "../byte-source.ts"
import { decompressed } from "./gzip.ts"
import { readJsonLines } from "./json-lines.ts"
import { readParquetRows } from "./parquet-rows.ts"
import type { ForeignRecord } from "./record.ts"

/**
 * The records of a file in whichever container it comes: Parquet, JSON Lines, or JSON Lines in
 * gzip. Which it is, its first bytes say, not its name. Of Parquet only `columns` are read; `see`
 * is told which columns there are: once, of all records, or of JSON Lines for each record.
 */
export async function* readRecords(
  source: ByteSource,
  columns: ReadonlyArray<string>,
  see: (present: ReadonlyArray<string>, ofAll: boolean) => void = () => undefined,
): AsyncGenerator<ForeignRecord, void, undefined> {
  const head = await source.read(0, Math.min(4, source.size))
  if (beginsWith(head, parquet)) yield* readParquetRows(source, columns, see)
  else
    for await (const record of jsonLines(source, head)) {
      see(Object.keys(record.fields), false)
      yield record
    }
}

const jsonLines = (source: ByteSource, head: Uint8Array) =>
  beginsWith(head, gzip)
    ? readJsonLines(source.name, decompressed(source.name, piecesOf(source)))
    : readJsonLines(source.name, piecesOf(source))

const parquet = new TextEncoder().encode("PAR1")
const gzip = Uint8Array.of(0x1f, 0x8b)

const beginsWith = (bytes: Uint8Array, start: Uint8Array): boolean => start.every((byte, index) => bytes[index] === byte)
