import type { Column, Columns, ColumnType } from "../../dsl/column.ts"

/** A column taken apart: its name, the type of its cells, and whether they may be null. */
export interface Field {
  readonly name: string
  readonly type: ColumnType
  readonly nullable: boolean
}

/** The fields of a table, in the order of its columns. */
export const fields = (columns: Columns): ReadonlyArray<Field> =>
  Object.entries(columns).map(([name, column]) => ({ name, type: typeOf(column), nullable: column.endsWith("?") }))

const typeOf = (column: Column): ColumnType => (column.endsWith("?") ? column.slice(0, -1) : column) as ColumnType
