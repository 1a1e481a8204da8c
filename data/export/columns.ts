import type { Columns } from "../../dsl/column.ts"
import { QueryError } from "../error.ts"
import { chosenColumns } from "../grid/columns.ts"
import { type Field, fields as fieldsOf } from "../parquet/field.ts"
import { readColumns } from "../parquet/index.ts"
import { type OpenTable, openTable } from "../query/open-table.ts"
import { cellOf } from "./read-in-order.ts"

/** A column that is written: what its cells are, and their SQL. */
export interface ExportColumn extends Field {
  readonly cell: string
}

/**
 * The columns of a table by their names, or all of them. Fails with a QueryError for a name that
 * none has, and as `readColumns` does.
 */
export const exportColumns = async (table: OpenTable, names?: ReadonlyArray<string>): Promise<ReadonlyArray<ExportColumn>> => {
  const fields = fieldsOf(await readColumns(table.path))
  const chosen = chosenColumns(table.columns, names).map((column) => {
    // The database tells names apart that differ in case alone, by renaming one.
    const field = fields[table.columns.indexOf(column)] as Field
    return { ...field, cell: cellOf(column.name) }
  })
  if (chosen.length === 0) throw new QueryError("invalid", "no columns were chosen: name one at least")
  return chosen
}

/** As the table's writer takes them. */
export const declared = (columns: ReadonlyArray<ExportColumn>): Columns =>
  Object.fromEntries(columns.map(({ name, type, nullable }) => [name, nullable ? (`${type}?` as const) : type]))

/** Bytes that the database of an export may take, beside the row groups that it reads. */
const exportMemory = 2 ** 30

/** Runs `use` on a table and its columns. Fails as `openTable` and `exportColumns` do. */
export const exporting = async <A>(
  path: string,
  use: (table: OpenTable, columns: ReadonlyArray<ExportColumn>) => Promise<A>,
): Promise<A> => {
  await readColumns(path)
  const table = await openTable(path, exportMemory)
  try {
    return await use(table, await exportColumns(table))
  } finally {
    table.close()
  }
}
