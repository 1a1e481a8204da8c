import type { Table as ArrowTable } from "apache-arrow"
import type { Columns, Row } from "../../dsl/column.ts"
import type { ByteSource } from "../byte-source.ts"
import { ColumnError, DataFileError } from "../error.ts"
import { openFile } from "../open-file.ts"
import { columnTypeOf, readsAs, toChunk } from "./arrow.ts"
import { type Chunk, sliceChunk } from "./chunk.ts"
import { columnBuilder } from "./column-builder.ts"
import { tableDigest } from "./digest.ts"
import { type Field, fields as fieldsOf } from "./field.ts"
import type { Footer } from "./footer.ts"
import { loadFooter, narrowed, readGroup, schemaOf } from "./row-groups.ts"
import { toRows } from "./rows.ts"

/**
 * All rows of a table. Only the columns asked for are read; the file may have others. Fails with a
 * DataFileError if the file is missing, truncated or damaged, with a ColumnError if a column is
 * missing, of another type, or null where it must not be. A column that may be null and is missing
 * reads as null: tables that were written before there was one have none.
 */
export const readRows = async <const C extends Columns>(path: string, columns: C): Promise<Array<Row<C>>> => {
  const rows: Array<Row<C>> = []
  for await (const batch of readBatches(path, columns)) for (const row of batch) rows.push(row)
  return rows
}

/** Rows per chunk: few enough to be collected while young. */
const rowsPerChunk = 4096

/** The same in chunks. No more than a row group is held as bytes, and a chunk as rows. */
export async function* readBatches<const C extends Columns>(path: string, columns: C): AsyncGenerator<Array<Row<C>>, void, undefined> {
  const fields = fieldsOf(columns)
  for await (const chunks of readChunks(path, fields)) {
    const length = chunks[0]?.length ?? 0
    for (let start = 0; start < length; start += rowsPerChunk) {
      const end = Math.min(start + rowsPerChunk, length)
      yield toRows<C>(
        fields,
        chunks.map((chunk) => sliceChunk(chunk, start, end)),
      )
    }
  }
}

/** How many rows a table has, read from its footer alone. Fails with a DataFileError. */
export const countRows = async (path: string): Promise<number> => {
  const file = await openFile(path)
  try {
    return (await loadFooter(file)).rows
  } finally {
    await file.close()
  }
}

/**
 * The columns of a table, read from its footer alone. Fails with a DataFileError, with a
 * ColumnError if a column is of a type that no column of ours has.
 */
export const readColumns = async (path: string): Promise<Columns> => {
  const file = await openFile(path)
  try {
    const { fields } = schemaOf(file, await loadFooter(file))
    return Object.fromEntries(
      fields.map(({ name, type: found, nullable }) => {
        const type = columnTypeOf(found)
        if (type === undefined) throw new ColumnError(path, name, `holds ${found}, which no column of a table is`)
        return [name, nullable ? (`${type}?` as const) : type]
      }),
    )
  } finally {
    await file.close()
  }
}

/**
 * The logical digest of a stored table, the one that its writer gave, with its number of rows.
 * Fails as `readRows` does.
 */
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
  const file = await openFile(path)
  try {
    const whole = await loadFooter(file)
    const present = schemaOf(file, whole).fields.map(({ name }) => name)
    for (const { name, nullable } of fields)
      if (!nullable && !present.includes(name))
        throw new ColumnError(path, name, `is missing; the file has ${present.join(", ") || "no columns"}`)
    const footer = await narrowed(
      file,
      whole,
      fields.map(({ name }) => name).filter((name) => present.includes(name)),
    )
    checkTypes(
      file,
      fields.filter(({ name }) => present.includes(name)),
      footer,
    )
    let before = 0
    for (const group of footer.rowGroups) {
      for await (const table of readGroup(file, footer, group)) {
        yield* chunksOf(path, fields, table, before)
        before += table.numRows
      }
    }
  } finally {
    await file.close()
  }
}

const checkTypes = (source: ByteSource, fields: ReadonlyArray<Field>, footer: Footer): void => {
  const schema = schemaOf(source, footer)
  for (const { name, type } of fields) {
    const found = schema.fields.find((field) => field.name === name)
    if (found === undefined || !readsAs(found.type, type))
      throw new ColumnError(source.name, name, `holds ${found?.type}; expected ${type}`)
  }
}

const nulls = (field: Field, rows: number): Chunk => {
  const builder = columnBuilder(field)
  builder.append(new Array(rows).fill({ [field.name]: null }), 0, rows)
  return builder.take()
}

const chunksOf = function* (
  path: string,
  fields: ReadonlyArray<Field>,
  table: ArrowTable,
  before: number,
): Generator<ReadonlyArray<Chunk>, void, undefined> {
  for (const batch of table.batches) {
    yield fields.map((field) => {
      const index = batch.schema.fields.findIndex(({ name }) => name === field.name)
      if (index === -1 && field.nullable) return nulls(field, batch.numRows)
      const data = batch.data.children[index]
      if (data === undefined) throw new DataFileError(path, `lost column "${field.name}" in decoding`)
      if (data.children.some((child) => child !== undefined && child.nullCount > 0))
        throw new ColumnError(path, field.name, "has a list with a null in it")
      const chunk = toChunk(data)
      if (chunk.validity !== undefined && !field.nullable)
        throw new ColumnError(path, field.name, `is null; expected ${field.type}`, before + chunk.validity.indexOf(0))
      return chunk
    })
    before += batch.numRows
  }
}
