import { match } from "ts-pattern"
import type { Columns, Row } from "../../dsl/column.ts"
import type { Chunk } from "./chunk.ts"
import type { Field } from "./field.ts"
import { decodeStrings } from "./strings.ts"

/** Rows from the chunks of their columns. The lists of a column are views of one array, next to each other and never overlapping. */
export const toRows = <C extends Columns>(fields: ReadonlyArray<Field>, chunks: ReadonlyArray<Chunk>): Array<Row<C>> => {
  const length = chunks[0]?.length ?? 0
  const columns = fields.map((field, index) => [field.name, cells(field, chunks[index] as Chunk)] as const)
  const rows = new Array<Row<C>>(length)
  // Copied with all its columns at once; an object that gains them one by one is laid out again several times.
  const blank: Readonly<Record<string, unknown>> = Object.fromEntries(fields.map(({ name }) => [name, undefined]))
  for (let index = 0; index < length; index++) {
    const row: Record<string, unknown> = { ...blank }
    for (const [name, column] of columns) row[name] = column[index]
    rows[index] = row as Row<C>
  }
  return rows
}

const cells = (field: Field, { validity, offsets, values }: Chunk): ArrayLike<unknown> => {
  const present = match(field.type)
    .with("int32", "float32", "float64", (): ArrayLike<unknown> => values)
    .with("bool", () => Array.from(values, (value) => value === 1))
    .with("utf8", () => decodeStrings(offsets as Int32Array, values as Uint8Array))
    .with("list<int32>", "list<float32>", () => lists(offsets as Int32Array, values as Int32Array | Float32Array))
    .exhaustive()
  return validity === undefined ? present : Array.from(present, (cell, row) => (validity[row] === 1 ? cell : null))
}

const lists = (offsets: Int32Array, values: Int32Array | Float32Array): ReadonlyArray<Int32Array | Float32Array> => {
  const cells = new Array<Int32Array | Float32Array>(offsets.length - 1)
  // Out of the batch's buffer, so that a cell that is kept keeps its column and not all of them.
  const own = values.slice()
  for (let row = 0; row < cells.length; row++) cells[row] = own.subarray(offsets[row], offsets[row + 1])
  return cells
}
