import type { DuckDBDataChunk } from "@duckdb/node-api"
import type { SortedSelection } from "../grid/api.ts"
import { whereClause } from "../grid/conditions.ts"
import { type OpenTable, selectFrom, streamFrom } from "../query/open-table.ts"
import { rowOrder, rowsInOrder } from "../query/row-orders.ts"
import { identifier } from "../sql.ts"

/** A cell of a column in the SQL of `readInOrder`. */
export const cellOf = (name: string): string => `t.${identifier(name)}`

/**
 * Part of the database's memory that the rows of one pass may take: to sort them takes several
 * times as much, and some rows are longer than others.
 */
const shareOfMemory = 1 / 16

/**
 * What `cells` (SQL) are of the rows of a selection, in its order. Rows in another order than that
 * of the table are read in several passes over it, each for as many as fit into memory. Fails as
 * `selectFrom` does.
 */
export async function* readInOrder(
  table: OpenTable,
  { sort = [], ...selection }: SortedSelection,
  cells: ReadonlyArray<string>,
): AsyncGenerator<DuckDBDataChunk, void, undefined> {
  const select = `SELECT ${cells.join(", ")} FROM`
  if (sort.length === 0) return yield* streamFrom(table, `${select} ${table.view} AS t${whereClause(table.columns, selection)}`)
  const order = await rowOrder(table, { ...selection, sort })
  const total = order?.rows ?? table.rows
  const rowsAtOnce = Math.max(1, Math.floor((table.memory * shareOfMemory) / (await bytesPerRow(table))))
  for (let offset = 0; offset < total; offset += rowsAtOnce)
    yield* streamFrom(table, `${select} ${rowsInOrder(table, order, offset, rowsAtOnce)}`)
}

/** Bytes of an average row, and 1 at least. */
const bytesPerRow = async (table: OpenTable): Promise<number> => {
  const sizes = table.columns.map(({ name, kind }) => {
    const cell = identifier(name)
    return kind === "list" ? `len(${cell}) * 12` : kind === "text" ? `strlen(${cell}) + 16` : "16"
  })
  const { rows } = await selectFrom(table, `SELECT ${sizes.map((size) => `coalesce(avg(${size}), 0)`).join(" + ")} FROM ${table.view}`)
  return Math.max(1, Number(rows[0]?.[0]))
}
