import type { Table } from "apache-arrow"
import type { ByteSource } from "../../byte-source.ts"
import { ColumnError, DataFileError } from "../../error.ts"
import type { Footer, RowGroup } from "../../parquet/footer.ts"
import { loadFooter, narrowed, readGroup, schemaOf } from "../../parquet/row-groups.ts"
import type { ForeignRecord } from "../record.ts"
import { checkTypes, rowsOf } from "./cells.ts"

/**
 * Reads the rows of a Parquet file that somebody else wrote, a row group at a time: of the columns
 * asked for those that it has, structs as objects and lists as arrays; `see` is told all that it
 * has. Rows count from 0. Fails with a DataFileError if the file is not Parquet, truncated or
 * damaged, with a ColumnError that names the column where one alone cannot be decoded.
 */
export async function* readParquetRows(
  source: ByteSource,
  columns: ReadonlyArray<string>,
  see: (present: ReadonlyArray<string>, ofAll: true) => void = () => undefined,
): AsyncGenerator<ForeignRecord, void, undefined> {
  const whole = await loadFooter(source)
  see(
    schemaOf(source, whole).fields.map(({ name }) => name),
    true,
  )
  const footer = await narrowed(source, whole, columns)
  const schema = schemaOf(source, footer)
  const { fields } = schema
  if (fields.length === 0) throw new DataFileError(source.name, `has none of the columns ${columns.join(", ")}`)
  checkTypes(source.name, schema)
  const names = fields.map(({ name }) => name)
  let before = 0
  for (const group of footer.rowGroups) {
    for await (const table of decoded(source, footer, group, names, before)) {
      yield* rowsOf(source.name, table, before)
      before += table.numRows
    }
  }
}

/**
 * The row group in pieces; if it cannot be decoded, the error names the first column that cannot.
 */
async function* decoded(
  source: ByteSource,
  footer: Footer,
  group: RowGroup,
  columns: ReadonlyArray<string>,
  before: number,
): AsyncGenerator<Table, void, undefined> {
  try {
    yield* readGroup(source, footer, group)
  } catch (error) {
    if (!(error instanceof DataFileError)) throw error
    for (const name of columns) {
      const problem = await problemOf(source, { ...footer, rowGroups: [group] }, name)
      if (problem !== undefined) throw new ColumnError(source.name, name, `${problem} (in the ${group.rows} rows from this one on)`, before)
    }
    throw error
  }
}

/** What is wrong with one column of a footer with one row group; undefined if nothing is. */
const problemOf = async (source: ByteSource, footer: Footer, name: string): Promise<string | undefined> => {
  const alone = await narrowed(source, footer, [name])
  try {
    for await (const _ of readGroup(source, alone, alone.rowGroups[0] as RowGroup));
    return undefined
  } catch (error) {
    return (error as Error).message.slice(source.name.length + 2)
  }
}
