/** The column language of table artifacts: what a column holds, and the TypeScript value of one cell. */

interface CellTypes {
  bool: boolean
  int32: number
  float32: number
  float64: number
  utf8: string
  "list<int32>": Int32Array
  "list<float32>": Float32Array
}

/** What a cell holds. A list is a typed array; text is UTF-8. */
export type ColumnType = keyof CellTypes

/** A column's type; a trailing `?` marks cells that may be null. */
export type Column = ColumnType | `${ColumnType}?`

const cellTypes: ReadonlyArray<ColumnType> = ["bool", "int32", "float32", "float64", "utf8", "list<int32>", "list<float32>"]

/** Every type there is. */
export const columnTypes: ReadonlyArray<Column> = cellTypes.flatMap((type): ReadonlyArray<Column> => [type, `${type}?`])

/** The columns of a table by name, in their order. */
export type Columns = Readonly<Record<string, Column>>

export type Cell<C extends Column> = C extends `${infer T extends ColumnType}?`
  ? CellTypes[T] | null
  : C extends ColumnType
    ? CellTypes[C]
    : never

/** One row of a table with these columns. */
export type Row<C extends Columns> = { readonly [K in keyof C]: Cell<C[K]> }
