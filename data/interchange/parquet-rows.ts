import { DataType, type Table, type Vector } from "apache-arrow"
import type { ByteSource } from "../byte-source.ts"
import { ColumnError, DataFileError } from "../error.ts"
import type { Footer, RowGroup } from "../parquet/footer.ts"
import { loadFooter, narrowed, readGroup, schemaOf } from "../parquet/row-groups.ts"
import type { ForeignRecord } from "./record.ts"

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
  const { fields } = schemaOf(source, footer)
  if (fields.length === 0) throw new DataFileError(source.name, `has none of the columns ${columns.join(", ")}`)
  const names = fields.map(({ name }) => name)
  let before = 0
  for (const group of footer.rowGroups) {
    for await (const table of decoded(source, footer, group, names, before)) {
      yield* rowsOf(source, table, before)
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

function* rowsOf(source: ByteSource, table: Table, before: number): Generator<ForeignRecord, void, undefined> {
  const columns = table.schema.fields.map(({ name, type }, index) => ({
    name,
    cells: table.getChildAt(index) as Vector,
    read: reader(type),
  }))
  for (let row = 0; row < table.numRows; row++) {
    const fields = Object.fromEntries(columns.map(({ name, cells, read }) => [name, read(cells.get(row))]))
    const fault = (field: string | undefined, reason: string): Error =>
      field === undefined
        ? new DataFileError(source.name, `row ${before + row}: ${reason}`)
        : new ColumnError(source.name, field, reason, before + row)
    yield { fields, fault }
  }
}

/** How a cell of an Arrow type becomes a plain value. */
const reader = (type: DataType): ((cell: unknown) => unknown) => {
  if (DataType.isList(type)) {
    const element = reader(type.valueType)
    return (cell) => (cell === null ? null : Array.from(cell as Iterable<unknown>, element))
  }
  if (DataType.isStruct(type)) {
    const members = type.children.map(({ name, type: member }) => [name, reader(member)] as const)
    return (cell) => {
      if (cell === null) return null
      const { toJSON } = cell as { readonly toJSON: () => Readonly<Record<string, unknown>> }
      const plain = toJSON.call(cell)
      return Object.fromEntries(members.map(([name, read]) => [name, read(plain[name])]))
    }
  }
  if (DataType.isInt(type) && type.bitWidth === 64) return (cell) => (typeof cell === "bigint" ? Number(cell) : cell)
  return (cell) => cell
}
