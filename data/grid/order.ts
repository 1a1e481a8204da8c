import { QueryError } from "../error.ts"
import type { GridColumn, Sort } from "./api.ts"
import { findColumn, isFloat, type Operand, operandOf } from "./columns.ts"

/**
 * What rows are ordered by, for ORDER BY: the columns of the sort, then `row`, the number of the
 * row in the table, so that the order is the same every time. Fails with a QueryError for what a
 * table of these columns cannot be asked.
 */
export const orderTerms = (columns: ReadonlyArray<GridColumn>, sort: ReadonlyArray<Sort>, row: string): string =>
  [...sort.map((by) => term(columns, by)), row].join(", ")

const term = (columns: ReadonlyArray<GridColumn>, { column: name, direction, length }: Sort): string => {
  const column = findColumn(columns, name)
  const operand = operandOf(column, length === true || column.kind === "list")
  if (direction !== "ascending" && direction !== "descending")
    throw new QueryError("invalid", `the sort of ${name} has the direction ${JSON.stringify(direction)}: expected ascending or descending`)
  return `${sortable(operand)} ${direction === "ascending" ? "ASC" : "DESC"} NULLS LAST`
}

/** NaN is null here, so that it comes last in both directions. */
const sortable = ({ sql, type }: Operand): string => (isFloat(type) ? `CASE WHEN isnan(${sql}) THEN NULL ELSE ${sql} END` : sql)
