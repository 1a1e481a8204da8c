/** The columns of table artifacts: what a column holds, and the TypeScript type of its cells. */

interface CellTypes {
  bool: boolean
  int32: number
  float32: number
  float64: number
  utf8: string
  "list<int32>": Int32Array
  "list<float32>": Float32Array
}

/**
 * The type of a column whose cells are never null. `int32` and the floats are numbers, lists are
 * typed arrays, `utf8` is a string.
 */
export type ColumnType = keyof CellTypes

/** The type of a column; a trailing `?` allows null in its cells. */
export type Column = ColumnType | `${ColumnType}?`

const cellTypes: ReadonlyArray<ColumnType> = ["bool", "int32", "float32", "float64", "utf8", "list<int32>", "list<float32>"]

/** Every column type. */
export const columnTypes: ReadonlyArray<Column> = cellTypes.flatMap((type): ReadonlyArray<Column> => [type, `${type}?`])

/** The columns of a table, in order, by name. */
export type Columns = Readonly<Record<string, Column>>

/** The TypeScript type of one cell. */
export type Cell<C extends Column> = C extends `${infer T extends ColumnType}?`
  ? CellTypes[T] | null
  : C extends ColumnType
    ? CellTypes[C]
    : never

/** One row of a table: the cell of every column, by name. */
export type Row<C extends Columns> = { readonly [K in keyof C]: Cell<C[K]> }
