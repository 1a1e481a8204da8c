import type { Cell, StatisticsRequest, TableStatistics } from "../grid/api.ts"
import { chosenColumns } from "../grid/columns.ts"
import { whereClause } from "../grid/conditions.ts"
import { aggregates, statisticsSql } from "../grid/statistics-sql.ts"
import { type OpenTable, selectFrom } from "./open-table.ts"

/** Characters of the least and the largest text. */
const textCharacters = 200

/**
 * Counts and extremes of columns, over a selection. Fails with a QueryError for what the table
 * cannot be asked, and as `selectFrom` does.
 */
export const readStatistics = async (table: OpenTable, request: StatisticsRequest): Promise<TableStatistics> => {
  const columns = chosenColumns(table.columns, request.columns)
  const from = `${table.view}${whereClause(table.columns, request)}`
  const { rows } = await selectFrom(table, statisticsSql(from, columns), { rows: 1, cell: textCharacters, beyond: "cut" })
  const [count, ...cells] = rows[0] ?? []
  return {
    rows: Number(count),
    columns: columns.map(({ name }, index) => {
      const [nulls, nan, distinct, min = null, max = null, mean] = cells.slice(index * aggregates, (index + 1) * aggregates)
      return {
        column: name,
        nulls: Number(nulls),
        nan: Number(nan),
        distinct: Number(distinct),
        min: min as Cell,
        max: max as Cell,
        mean: typeof mean === "number" ? mean : null,
      }
    }),
  }
}

/** How many rows a selection has. */
export const countSelected = async (table: OpenTable, selection: Pick<StatisticsRequest, "filters" | "search">): Promise<number> => {
  const where = whereClause(table.columns, selection)
  if (where === "") return table.rows
  const { rows } = await selectFrom(table, `SELECT count(*) FROM ${table.view}${where}`)
  return Number(rows[0]?.[0])
}
