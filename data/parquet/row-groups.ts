import type { Table as ArrowTable, Schema } from "apache-arrow"
import type { ByteSource } from "../byte-source.ts"
import { DataFileError } from "../error.ts"
import { decodeFile, type RowRange } from "./codec.ts"
import {
  type Footer,
  FooterError,
  fileEnd,
  fileStart,
  footerLength,
  frame,
  moveRowGroup,
  project,
  type RowGroup,
  readFooter,
  sizeOf,
} from "./footer.ts"
import { measureChunk } from "./pages.ts"

/**
 * Reads the footer of a Parquet file. Fails with a DataFileError if there is none, or if it claims
 * what the file cannot hold.
 */
export const loadFooter = ({ name, size, read }: ByteSource): Promise<Footer> =>
  understood(name, async () => {
    const length = footerLength(await read(Math.max(0, size - frame.end), size), size)
    return readFooter(await read(size - frame.end - length, size - frame.end), size)
  })

/** The footer narrowed to some columns. Fails as `loadFooter` does. */
export const narrowed = ({ name }: ByteSource, footer: Footer, columns: ReadonlyArray<string>): Promise<Footer> =>
  understood(name, async () => project(footer, columns))

const understood = async <A>(name: string, act: () => Promise<A>): Promise<A> => {
  try {
    return await act()
  } catch (error) {
    if (error instanceof FooterError) throw new DataFileError(name, error.message, error)
    throw error
  }
}

/** The columns of a file as Arrow sees them. */
export const schemaOf = ({ name }: ByteSource, footer: Footer): Schema =>
  decode(name, Buffer.concat([fileStart(), fileEnd(footer, [])]), 0).schema

/** Bytes that rows decoded at once may take, by the most that their headers allow. */
const bytesAtOnce = 2 ** 26
/** Bytes that a row group may be decoded to in all. */
const largestGroup = 2 ** 32

/**
 * One row group of a file whose footer is this, or is this narrowed to some columns by `project`:
 * other bytes are not read. It comes in one piece, or in several where its dictionaries could make
 * it large; no more than about 64 MiB are decoded at once, whatever the file claims. Fails with a
 * DataFileError if it is damaged, holds another number of rows than it says, or expands to more
 * than 4 GiB.
 */
export async function* readGroup(source: ByteSource, footer: Footer, group: RowGroup): AsyncGenerator<ArrowTable, void, undefined> {
  const start = fileStart()
  const content: Array<Uint8Array> = []
  for (const run of runsOf(group.chunks)) content.push(await source.read(run.start, run.end))
  const moved = moveRowGroup(group, start.length, 0)
  const file = Buffer.concat([start, ...content, fileEnd(footer, [moved])])
  const rowsAtOnce = await understood(source.name, async () => rowsWithin(file, moved))
  let bytes = 0
  for (let first = 0; first < group.rows; first += rowsAtOnce) {
    const range = { start: first, end: Math.min(group.rows, first + rowsAtOnce) }
    const table = decode(source.name, file, group.rows, range)
    if (table.numRows !== range.end - range.start)
      throw new DataFileError(source.name, `claims ${group.rows} rows in a row group that has ${first + table.numRows}`)
    for (const { data } of table.batches) bytes += data.byteLength
    if (bytes > largestGroup)
      throw new DataFileError(source.name, `has a row group of ${sizeOf(group.chunks)} bytes that expands to more than ${largestGroup}`)
    yield table
  }
}

/**
 * How many rows are decoded at once, so that they fit into memory whatever is in them. Throws a
 * FooterError for a group beyond the limits.
 */
const rowsWithin = (file: Uint8Array, { rows, chunks }: RowGroup): number => {
  let perRow = 1
  let expanded = 0
  for (const chunk of chunks) {
    const { values, bytes, longestValue } = measureChunk(file.subarray(chunk.start, chunk.end), chunk)
    if (values < rows) throw new FooterError(`claims ${rows} rows in a row group that has ${values} values of a column`)
    expanded += bytes
    if (expanded > largestGroup)
      throw new FooterError(`has a row group of ${sizeOf(chunks)} bytes that expands to more than ${largestGroup}`)
    perRow += (values / rows) * (longestValue + 8) + bytes / rows
  }
  return Math.max(1, Math.min(rows, Math.floor(bytesAtOnce / perRow)))
}

/** Columns that lie end to end are read at once. */
const runsOf = (chunks: RowGroup["chunks"]): ReadonlyArray<{ readonly start: number; readonly end: number }> => {
  const runs: Array<{ start: number; end: number }> = []
  for (const { start, end } of chunks) {
    const last = runs.at(-1)
    if (last?.end === start) last.end = end
    else runs.push({ start, end })
  }
  return runs
}

const decode = (name: string, file: Uint8Array, rows: number, range?: RowRange): ArrowTable => {
  try {
    return decodeFile(file, rows, range)
  } catch (error) {
    throw new DataFileError(name, `is damaged: ${(error as Error).message ?? String(error)}`, error)
  }
}
