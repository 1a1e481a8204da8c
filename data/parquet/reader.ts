import { type FileHandle, open } from "node:fs/promises"
import type { Columns, Row } from "../../dsl/column.ts"
import { ColumnError, DataFileError } from "../error.ts"
import { readsAs, toChunk } from "./arrow.ts"
import type { Chunk } from "./chunk.ts"
import { decodeFile } from "./codec.ts"
import { tableDigest } from "./digest.ts"
import { type Field, fields as fieldsOf } from "./field.ts"
import { type Footer, FooterError, fileEnd, fileStart, footerLength, frame, moveRowGroup, type RowGroup, readFooter } from "./footer.ts"
import { toRows } from "./rows.ts"

/**
 * All rows of a table. Only the columns asked for are read; the file may have others. Fails with a DataFileError if the file
 * is missing, truncated or damaged, with a ColumnError if a column is missing, of another type, or null where it must not be.
 */
export const readRows = async <const C extends Columns>(path: string, columns: C): Promise<Array<Row<C>>> => {
  const rows: Array<Row<C>> = []
  for await (const batch of readBatches(path, columns)) for (const row of batch) rows.push(row)
  return rows
}

/** The same, a row group at a time. */
export async function* readBatches<const C extends Columns>(path: string, columns: C): AsyncGenerator<Array<Row<C>>, void, undefined> {
  const fields = fieldsOf(columns)
  for await (const chunks of readChunks(path, fields)) yield toRows<C>(fields, chunks)
}

/** How many rows a table has, read from its footer alone. Fails with a DataFileError. */
export const countRows = async (path: string): Promise<number> => {
  const handle = await diskSays(path, () => open(path, "r"))
  try {
    const { rowGroups } = await loadFooter(path, handle, (await handle.stat()).size)
    return rowGroups.reduce((total, { rows }) => total + rows, 0)
  } finally {
    await handle.close()
  }
}

/** The logical digest of a stored table, the one that its writer gave, with its number of rows. Fails as `readRows` does. */
export const digestTable = async (path: string, columns: Columns): Promise<{ readonly rows: number; readonly digest: string }> => {
  const fields = fieldsOf(columns)
  const digest = tableDigest(fields)
  let rows = 0
  for await (const chunks of readChunks(path, fields)) {
    digest.update(chunks)
    rows += chunks[0]?.length ?? 0
  }
  return { rows, digest: digest.digest() }
}

async function* readChunks(path: string, fields: ReadonlyArray<Field>): AsyncGenerator<ReadonlyArray<Chunk>, void, undefined> {
  const handle = await diskSays(path, () => open(path, "r"))
  try {
    const { size } = await handle.stat()
    const footer = await loadFooter(path, handle, size)
    checkColumns(path, fields, footer)
    let before = 0
    for (const group of footer.rowGroups) {
      if (group.rows === 0) continue
      const bytes = await readRange(path, handle, group.start, group.end)
      for (const chunks of decodeGroup(path, fields, footer, group, bytes, before)) yield chunks
      before += group.rows
    }
  } finally {
    await handle.close()
  }
}

const diskSays = async <A>(path: string, act: () => Promise<A>): Promise<A> => {
  try {
    return await act()
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT"
    throw new DataFileError(path, missing ? "does not exist" : `cannot be read: ${(error as Error).message}`, error)
  }
}

const loadFooter = async (path: string, handle: FileHandle, size: number): Promise<Footer> => {
  try {
    const tail = await readRange(path, handle, Math.max(0, size - frame.end), size)
    const length = footerLength(tail, size)
    return readFooter(await readRange(path, handle, size - frame.end - length, size - frame.end), size)
  } catch (error) {
    if (error instanceof FooterError) throw new DataFileError(path, error.message, error)
    throw error
  }
}

const readRange = async (path: string, handle: FileHandle, start: number, end: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(end - start)
  for (let filled = 0; filled < bytes.length; ) {
    const { bytesRead } = await diskSays(path, () => handle.read(bytes, filled, bytes.length - filled, start + filled))
    if (bytesRead === 0) throw new DataFileError(path, "ended while it was read")
    filled += bytesRead
  }
  return bytes
}

const checkColumns = (path: string, fields: ReadonlyArray<Field>, footer: Footer): void => {
  const { schema } = decode(path, assemble(footer, []), 0)
  for (const { name, type } of fields) {
    const found = schema.fields.find((field) => field.name === name)
    if (found === undefined) {
      const present = schema.fields.map((field) => field.name).join(", ")
      throw new ColumnError(path, name, `is missing; the file has ${present === "" ? "no columns" : present}`)
    }
    if (!readsAs(found.type, type)) throw new ColumnError(path, name, `holds ${found.type}, and ${type} is wanted`)
  }
}

const decodeGroup = function* (
  path: string,
  fields: ReadonlyArray<Field>,
  footer: Footer,
  group: RowGroup,
  bytes: Uint8Array,
  before: number,
): Generator<ReadonlyArray<Chunk>, void, undefined> {
  const names = fields.map(({ name }) => name)
  const table = decode(path, assemble(footer, [{ group, bytes }]), group.rows, names)
  if (table.numRows !== group.rows) throw new DataFileError(path, `claims ${group.rows} rows in a row group that has ${table.numRows}`)
  for (const batch of table.batches) {
    yield fields.map((field) => {
      const index = batch.schema.fields.findIndex(({ name }) => name === field.name)
      const data = batch.data.children[index]
      if (data === undefined) throw new DataFileError(path, `lost column "${field.name}" in decoding`)
      if (data.children.some((child) => child !== undefined && child.nullCount > 0))
        throw new ColumnError(path, field.name, "has a list with a null in it")
      const chunk = toChunk(data)
      if (chunk.validity !== undefined && !field.nullable)
        throw new ColumnError(path, field.name, `is null, and ${field.type} is wanted`, before + chunk.validity.indexOf(0))
      return chunk
    })
    before += batch.numRows
  }
}

/** A file of its own with these row groups of a larger one. */
const assemble = (footer: Footer, parts: ReadonlyArray<{ readonly group: RowGroup; readonly bytes: Uint8Array }>): Uint8Array => {
  const start = fileStart()
  let at = start.length
  const moved = parts.map(({ group }, ordinal) => {
    const placed = moveRowGroup(group, at, ordinal)
    at = placed.end
    return placed
  })
  return Buffer.concat([start, ...parts.map(({ bytes }) => bytes), fileEnd(footer, moved)])
}

const decode = (path: string, file: Uint8Array, rows: number, columns?: ReadonlyArray<string>) => {
  try {
    return decodeFile(file, rows, columns)
  } catch (error) {
    throw new DataFileError(path, `is damaged: ${(error as Error).message ?? String(error)}`, error)
  }
}
