/** The questions that make a histogram. Each starts from the rows `from`: a view and a WHERE. */

import { identifier } from "../sql.ts"
import type { GridColumn } from "./api.ts"
import { isFloat } from "./columns.ts"

/** What a column's bins are made of: its numbers, or the lengths of its cells. */
export interface Measure {
  readonly sql: string
  readonly whole: boolean
  readonly unit: "numbers" | "characters" | "items"
}

export const measureOf = ({ name, kind, type }: GridColumn): Measure => {
  const cell = identifier(name)
  if (kind === "boolean") return { sql: `${cell}::INTEGER::DOUBLE`, whole: true, unit: "numbers" }
  if (kind === "number") return { sql: `${cell}::DOUBLE`, whole: !isFloat(type) && !type.startsWith("DECIMAL"), unit: "numbers" }
  return { sql: `len(${cell}${kind === "other" ? "::VARCHAR" : ""})::DOUBLE`, whole: true, unit: kind === "list" ? "items" : "characters" }
}

/**
 * One row: how many rows, nulls, NaNs and infinities there are, the least and the largest finite
 * measure, and of texts about how many different ones.
 */
export const summarySql = (from: string, { name, kind }: GridColumn, { sql }: Measure): string => {
  const finite = `FILTER (isfinite(${sql}))`
  const distinct = kind === "text" || kind === "other" ? `approx_count_distinct(${identifier(name)})` : "NULL"
  return `SELECT count(*), count(*) - count(${sql}), count_if(isnan(${sql})), count_if(isinf(${sql})), min(${sql}) ${finite}, max(${sql}) ${finite}, ${distinct} FROM ${from}`
}

/** Different numbers up to which they are listed instead of put into bins. */
export const mostNumbers = 20
/** Different texts up to which they are counted. */
export const mostTexts = 1000
/** Texts that are listed. */
export const mostValues = 20

/** One number: how many different ones there are, or `mostNumbers` + 1 if there are more. */
export const distinctNumbersSql = (from: string, { sql }: Measure): string =>
  `SELECT count(*) FROM (SELECT DISTINCT ${sql} AS number FROM ${from} LIMIT ${mostNumbers + 3}) WHERE number IS NOT NULL AND NOT isnan(number)`

/** Values with how many rows have each, and how many different ones there are. */
export const valuesSql = (from: string, { name, kind, type }: GridColumn): string => {
  const cell = identifier(name)
  const value = kind === "other" ? `${cell}::VARCHAR` : cell
  const counted = `SELECT ${value} AS value, count(*) AS rows FROM ${from} GROUP BY ALL`
  const order = kind === "number" ? "value" : "rows DESC, value"
  return `SELECT value, rows, count(*) OVER () FROM (${counted}) WHERE value IS NOT NULL${isFloat(type) ? " AND NOT isnan(value)" : ""} ORDER BY ${order} LIMIT ${mostValues}`
}

/** The rows of each bin that has any, by its number from 0. */
export const binsSql = (from: string, { sql }: Measure, edges: ReadonlyArray<number>): string => {
  const inner = edges.slice(1, -1).map((edge, index) => `WHEN measure < '${edge}'::DOUBLE THEN ${index}`)
  const bin = inner.length === 0 ? "0" : `CASE ${inner.join(" ")} ELSE ${inner.length} END`
  return `SELECT ${bin} AS bin, count(*) FROM (SELECT ${sql} AS measure FROM ${from}) WHERE isfinite(measure) GROUP BY bin`
}
