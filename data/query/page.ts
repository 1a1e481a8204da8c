import type { DuckDBType } from "@duckdb/node-api"
import { QueryError } from "../error.ts"
import type { Cell, Page, PageRequest, PageRow } from "../grid/api.ts"
import { chosenColumns } from "../grid/columns.ts"
import { identifier } from "../sql.ts"
import { isCut } from "./bounded.ts"
import { type OpenTable, selectFrom } from "./open-table.ts"
import { rowOrder, rowsInOrder } from "./row-orders.ts"

const mostRows = 10_000
const defaultCell = 1000
/** Characters that the cells of one column may have in a page. */
const mostCharacters = 2 ** 26

/**
 * Some rows of a table, in the order of a selection. Fails with a QueryError for what the table
 * cannot be asked, and as `selectFrom` does.
 */
export const readPage = async (table: OpenTable, request: PageRequest): Promise<Page> => {
  const { offset, limit, cell = defaultCell } = request
  checkNumber("offset", offset, 0, Number.MAX_SAFE_INTEGER - mostRows)
  checkNumber("limit", limit, 0, mostRows)
  checkNumber("cell", cell, 1, Math.floor(mostCharacters / Math.max(1, limit)))
  const columns = chosenColumns(table.columns, request.columns)
  const order = await rowOrder(table, request)
  const total = order?.rows ?? table.rows
  if (limit === 0 || offset >= total) return { columns, offset, rows: [], total }
  const cells = columns.map(({ name }) => `t.${identifier(name)}`)
  const cuts = columns.flatMap(({ name }, index) => {
    const cut = isCut(`t.${identifier(name)}`, table.types[table.columns.findIndex((column) => column.name === name)] as DuckDBType, cell)
    return cut === null ? [] : [{ index, sql: `coalesce(${cut}, false)` }]
  })
  const selected = [`t.${table.row}`, ...cells, ...cuts.map(({ sql }) => sql)].join(", ")
  const { rows } = await selectFrom(table, `SELECT ${selected} FROM ${rowsInOrder(table, order, offset, limit)}`, {
    rows: limit,
    cell,
    beyond: "cut",
  })
  const pageRow = ([row, ...rest]: ReadonlyArray<unknown>): PageRow => {
    const cut = cuts.flatMap(({ index }, place) => (rest[columns.length + place] === true ? [index] : []))
    return { row: Number(row), cells: rest.slice(0, columns.length) as ReadonlyArray<Cell>, ...(cut.length === 0 ? {} : { cut }) }
  }
  return { columns, offset, rows: rows.map(pageRow), total }
}

const checkNumber = (name: string, value: number, least: number, most: number): void => {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new QueryError("invalid", `the page's ${name} is ${JSON.stringify(value)}: expected a whole number from ${least} to ${most}`)
}
