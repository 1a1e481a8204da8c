import type { Bin, Cell, GridColumn, Histogram, HistogramRequest } from "../grid/api.ts"
import { findColumn } from "../grid/columns.ts"
import { whereClause } from "../grid/conditions.ts"
import { edgesOf } from "../grid/edges.ts"
import {
  binsSql,
  distinctNumbersSql,
  type Measure,
  measureOf,
  mostNumbers,
  mostTexts,
  mostValues,
  summarySql,
  valuesSql,
} from "../grid/histogram-sql.ts"
import { small } from "./limits.ts"
import { type OpenTable, selectFrom } from "./open-table.ts"

/** Characters of a value that is listed. */
const valueCharacters = 1000

/**
 * How the cells of a column are distributed in a selection. Fails with a QueryError for what the
 * table cannot be asked, and as `selectFrom` does.
 */
export const readHistogram = async (table: OpenTable, request: HistogramRequest): Promise<Histogram> => {
  const column = findColumn(table.columns, request.column)
  const measure = measureOf(column)
  const from = `${table.view}${whereClause(table.columns, request)}`
  const [rows = 0, nulls = 0, nan = 0, infinite = 0, least, most, distinct] = await numbers(table, summarySql(from, column, measure))
  const base = { column: column.name, rows, nulls, nan }
  if (column.kind === "boolean") return listValues(table, from, column, base)
  if (measure.unit === "numbers") {
    const [different = 0] = await numbers(table, distinctNumbersSql(from, measure))
    if (different <= mostNumbers) return listValues(table, from, column, base)
    return { ...base, kind: "numbers", infinite, bins: await fillBins(table, from, measure, least, most) }
  }
  if (column.kind !== "list" && (distinct ?? 0) <= mostTexts) return listValues(table, from, column, base)
  return { ...base, kind: "lengths", unit: measure.unit, bins: await fillBins(table, from, measure, least, most) }
}

type Base = Pick<Histogram, "column" | "rows" | "nulls" | "nan">

/** The numbers of an answer of one row. */
const numbers = async (table: OpenTable, sql: string): Promise<ReadonlyArray<number | undefined>> => {
  const { rows } = await selectFrom(table, sql)
  return (rows[0] ?? []).map((cell) => (cell === null ? undefined : Number(cell)))
}

const listValues = async (table: OpenTable, from: string, column: GridColumn, base: Base): Promise<Histogram> => {
  const answer = await selectFrom(table, valuesSql(from, column), { rows: mostValues, cell: valueCharacters, beyond: "cut" })
  const values = answer.rows.map(([value, count]) => ({ value: value as Cell, count: Number(count) }))
  const listed = values.reduce((sum, { count }) => sum + count, 0)
  const distinct = Number(answer.rows[0]?.[2] ?? 0)
  return { ...base, kind: "values", values, distinct, others: base.rows - base.nulls - base.nan - listed }
}

const fillBins = async (
  table: OpenTable,
  from: string,
  measure: Measure,
  least: number | undefined,
  most: number | undefined,
): Promise<ReadonlyArray<Bin>> => {
  if (least === undefined || most === undefined) return []
  const edges = edgesOf(least, most, measure.whole)
  const { rows } = await selectFrom(table, binsSql(from, measure, edges), { ...small, rows: edges.length })
  const counts = new Map(rows.map(([bin, count]) => [Number(bin), Number(count)]))
  return edges.slice(1).map((to, index) => ({ from: edges[index] as number, to, count: counts.get(index) ?? 0 }))
}
