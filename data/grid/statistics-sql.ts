import { identifier } from "../sql.ts"
import type { GridColumn } from "./api.ts"
import { isFloat } from "./columns.ts"

/** Aggregates of each column in `statisticsSql`. */
export const aggregates = 6

/**
 * One row of the rows `from` (a view and a WHERE): their number, then of each column its nulls,
 * NaNs, about how many different values, the least, the largest, and the mean.
 */
export const statisticsSql = (from: string, columns: ReadonlyArray<GridColumn>): string =>
  `SELECT ${["count(*)", ...columns.flatMap(aggregatesOf)].join(", ")} FROM ${from}`

const aggregatesOf = ({ name, kind, type }: GridColumn): ReadonlyArray<string> => {
  const cell = identifier(name)
  const value = kind === "list" ? `len(${cell})` : kind === "other" ? `${cell}::VARCHAR` : cell
  const float = isFloat(type)
  const ordered = float ? ` FILTER (NOT isnan(${value}))` : ""
  const mean = {
    number: `avg(${value}::DOUBLE) FILTER (isfinite(${value}::DOUBLE))`,
    list: `avg(${value})`,
    boolean: `avg(${value}::INTEGER)`,
    text: "NULL",
    other: "NULL",
  }[kind]
  return [
    `count(*) - count(${cell})`,
    float ? `count_if(isnan(${value}))` : "0",
    `approx_count_distinct(${value})`,
    `min(${value})${ordered}`,
    `max(${value})${ordered}`,
    mean,
  ]
}
