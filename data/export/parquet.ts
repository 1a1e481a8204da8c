import type { DuckDBDataChunk, DuckDBListValue, DuckDBValue } from "@duckdb/node-api"
import type { Columns, Row } from "../../dsl/column.ts"
import type { SortedSelection } from "../grid/api.ts"
import { tableWriter } from "../parquet/index.ts"
import type { OpenTable } from "../query/open-table.ts"
import { declared, type ExportColumn } from "./columns.ts"
import { readInOrder } from "./read-in-order.ts"

/**
 * Some rows and columns of an open table as a Parquet file, written as Assay writes its own: a row
 * group is held at a time.
 */
export async function* parquetPieces(
  table: OpenTable,
  columns: ReadonlyArray<ExportColumn>,
  selection: SortedSelection,
): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces: Array<Uint8Array> = []
  const writer = await tableWriter<Columns>(table.path, declared(columns), {
    write: async (bytes) => void pieces.push(bytes),
    close: async () => {},
  })
  const cells = columns.map(({ cell }) => cell)
  for await (const chunk of readInOrder(table, selection, cells)) {
    await writer.append(rowsOf(columns, chunk))
    yield* pieces.splice(0)
  }
  await writer.close()
  yield* pieces.splice(0)
}

const rowsOf = (columns: ReadonlyArray<ExportColumn>, chunk: DuckDBDataChunk): ReadonlyArray<Row<Columns>> => {
  const values = columns.map(({ type }, index) => {
    const cells = chunk.getColumnValues(index)
    if (type === "list<int32>") return cells.map((cell) => (cell === null ? null : Int32Array.from(itemsOf(cell))))
    return type === "list<float32>" ? cells.map((cell) => (cell === null ? null : Float32Array.from(itemsOf(cell)))) : cells
  })
  return Array.from(
    { length: chunk.rowCount },
    (_, row) => Object.fromEntries(columns.map(({ name }, index) => [name, values[index]?.[row]])) as Row<Columns>,
  )
}

const itemsOf = (cell: DuckDBValue): ReadonlyArray<number> => (cell as DuckDBListValue).items as ReadonlyArray<number>
