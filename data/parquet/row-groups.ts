import type { Table as ArrowTable, Schema } from "apache-arrow"
import type { ByteSource } from "../byte-source.ts"
import { DataFileError } from "../error.ts"
import { decodeFile } from "./codec.ts"
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
} from "./footer.ts"

/** Reads the footer of a Parquet file. Fails with a DataFileError if there is none, or if it claims what the file cannot hold. */
export const loadFooter = ({ name, size, read }: ByteSource): Promise<Footer> =>
  understood(name, async () => {
    const length = footerLength(await read(Math.max(0, size - frame.end), size), size)
    return readFooter(await read(size - frame.end - length, size - frame.end), size)
  })

/** The footer narrowed to some columns. Fails as `loadFooter` does. */
export const narrowed = ({ name }: ByteSource, footer: Footer, columns: ReadonlyArray<string>): Promise<Footer> =>
  understood(name, async () => project(footer, columns))

const understood = async (name: string, act: () => Promise<Footer>): Promise<Footer> => {
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

/**
 * One row group of a file whose footer is this, or is this narrowed to some columns by `project`: other bytes are not read.
 * Fails with a DataFileError if it is damaged or holds another number of rows than it says.
 */
export const readGroup = async (source: ByteSource, footer: Footer, group: RowGroup): Promise<ArrowTable> => {
  const start = fileStart()
  const content: Array<Uint8Array> = []
  for (const run of runsOf(group.chunks)) content.push(await source.read(run.start, run.end))
  const moved = moveRowGroup(group, start.length, 0)
  const table = decode(source.name, Buffer.concat([start, ...content, fileEnd(footer, [moved])]), group.rows)
  if (table.numRows !== group.rows)
    throw new DataFileError(source.name, `claims ${group.rows} rows in a row group that has ${table.numRows}`)
  return table
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

const decode = (name: string, file: Uint8Array, rows: number): ArrowTable => {
  try {
    return decodeFile(file, rows)
  } catch (error) {
    throw new DataFileError(name, `is damaged: ${(error as Error).message ?? String(error)}`, error)
  }
}
