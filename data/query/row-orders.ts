import { QueryError } from "../error.ts"
import type { SortedSelection } from "../grid/api.ts"
import { whereClause } from "../grid/conditions.ts"
import { orderTerms } from "../grid/order.ts"
import { identifier } from "../sql.ts"
import { type OpenTable, type RowOrder, runOn, selectFrom } from "./open-table.ts"

/** Orders of a table that are kept: eight bytes for each row of each. */
const mostOrders = 4

/**
 * The numbers of the rows of a selection, in its order: found once, and kept for the pages that
 * follow. Null for all rows as they are stored, which need none.
 */
export const rowOrder = async (table: OpenTable, { sort = [], ...selection }: SortedSelection): Promise<RowOrder | null> => {
  const where = whereClause(table.columns, selection)
  const terms = sort.length === 0 ? "" : ` ORDER BY ${orderTerms(table.columns, sort, table.row)}`
  const rest = `${where}${terms}`
  if (rest === "") return null
  const kept = table.orders.get(rest)
  if (kept !== undefined) table.orders.delete(rest)
  const order = kept ?? (await makeRoom(table, () => createOrder(table, rest)))
  table.orders.set(rest, order)
  return order
}

/** Makes an order beside the last others, or without them if there is not enough memory for all. */
const makeRoom = async (table: OpenTable, make: () => Promise<RowOrder>): Promise<RowOrder> => {
  await dropOrders(table, mostOrders - 1)
  try {
    return await make()
  } catch (error) {
    if (!(error instanceof QueryError && error.reason === "memory" && table.orders.size > 0)) throw error
    await dropOrders(table, 0)
    return make()
  }
}

const dropOrders = async (table: OpenTable, most: number): Promise<void> => {
  for (const [key, { name }] of [...table.orders].slice(0, Math.max(0, table.orders.size - most))) {
    table.orders.delete(key)
    await runOn(table, `DROP TABLE ${name}`)
  }
}

let made = 0

const createOrder = async (table: OpenTable, rest: string): Promise<RowOrder> => {
  made += 1
  const name = identifier(`order ${made}`)
  // The number keeps its name: ORDER BY would take another one for a column of the table that has
  // it.
  await runOn(table, `CREATE TEMP TABLE ${name} AS SELECT ${table.row} FROM ${table.view}${rest}`)
  const { rows } = await selectFrom(table, `SELECT count(*) FROM ${name}`)
  return { name, rows: Number(rows[0]?.[0]) }
}

/**
 * The rows of a table, or some of an order from `offset` on, for `FROM`, with what sorts them.
 * Columns are those of `t`.
 */
export const rowsInOrder = ({ view, row }: OpenTable, order: RowOrder | null, offset: number, limit: number): string => {
  const last = offset + limit - 1
  if (order === null) return `${view} AS t WHERE t.${row} BETWEEN ${offset} AND ${last} ORDER BY t.${row}`
  const numbers = `SELECT rowid AS place, ${row} FROM ${order.name} WHERE rowid BETWEEN ${offset} AND ${last}`
  return `${view} AS t JOIN (${numbers}) AS o ON t.${row} = o.${row} ORDER BY o.place`
}
