import { QueryError } from "../error.ts"
import { identifier, literal } from "../sql.ts"
import type { Filter, FilterValue, GridColumn, Selection } from "./api.ts"
import { findColumn, isFloat, itemOf, noun, type Operand, operandOf, operatorList, operatorsOf } from "./columns.ts"

/**
 * The WHERE clause of a selection, with a space before it, or nothing if it holds all rows. Fails
 * with a QueryError for what a table of these columns cannot be asked, whatever the request is made
 * of: it may be JSON of unknown origin.
 */
export const whereClause = (columns: ReadonlyArray<GridColumn>, { filters = [], search = "" }: Selection): string => {
  const conditions = [...filters.map((filter) => condition(columns, filter)), ...(search === "" ? [] : [searchCondition(columns, search)])]
  return conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`
}

const searchCondition = (columns: ReadonlyArray<GridColumn>, search: string): string => {
  const texts = columns.filter(({ kind }) => kind === "text")
  return texts.length === 0 ? "false" : `(${texts.map(({ name }) => containsText(identifier(name), search)).join(" OR ")})`
}

const condition = (columns: ReadonlyArray<GridColumn>, filter: Filter): string => {
  const operand = operandOf(findColumn(columns, filter.column), filter.length)
  const { op, value } = filter
  if (!operatorsOf(operand.kind).includes(op))
    throw new QueryError("invalid", `${operand.label} is ${noun(operand.kind)}: ${op} does not apply; use ${operatorList(operand.kind)}`)
  const { sql } = operand
  if (op === "is null") return `${sql} IS NULL`
  if (op === "is not null") return `${sql} IS NOT NULL`
  if (op === "in") return oneOf(operand, Array.isArray(value) ? value : [value])
  const single = value as FilterValue
  if (op === "contains") return contains(operand, single)
  if (op === "=") return oneOf(operand, [single])
  if (op === "!=") return `NOT coalesce(${oneOf(operand, [single])}, false)`
  const { text, isNan } = literalOf(operand, single)
  return isNan ? "false" : numbersOnly(operand, `${comparable(operand)} ${op} ${text}`)
}

const oneOf = (operand: Operand, values: ReadonlyArray<FilterValue | undefined>): string => {
  const literals = values.map((value) => literalOf(operand, value))
  const texts = literals.filter(({ isNan }) => !isNan).map(({ text }) => text)
  const among = texts.length === 0 ? [] : [numbersOnly(operand, `${comparable(operand)} IN (${texts.join(", ")})`)]
  const all = literals.length > texts.length ? [...among, `isnan(${operand.sql})`] : among
  return all.length === 0 ? "false" : `(${all.join(" OR ")})`
}

/**
 * A comparison that does not hold of NaN. To the database, NaN is the largest number; and a Parquet
 * file's minima and maxima are of the numbers beside it, by which the database answers a comparison
 * without reading: with 0 and 0, NaN is taken for 0 too.
 */
const numbersOnly = ({ sql, type }: Operand, comparison: string): string =>
  isFloat(type) ? `(${comparison} AND NOT isnan(${sql}))` : comparison

const contains = (operand: Operand, value: FilterValue | undefined): string => {
  if (operand.kind === "list") return `list_contains(${operand.sql}, ${literalOf(itemOf(operand), value).text})`
  if (typeof value !== "string") throw expected(operand, "a text", value)
  return containsText(comparable(operand), value)
}

const containsText = (sql: string, value: string): string => `contains(lower(${sql}), lower(${literal(value)}))`

/** A cell as something that a literal of its kind can be compared with. */
const comparable = ({ kind, sql }: Operand): string => (kind === "other" ? `${sql}::VARCHAR` : sql)

const literalOf = (operand: Operand, value: FilterValue | undefined): { readonly text: string; readonly isNan: boolean } => {
  const { kind, type } = operand
  if (kind === "boolean") {
    if (typeof value !== "boolean") throw expected(operand, "true or false", value)
    return { text: String(value), isNan: false }
  }
  if (kind === "number") {
    const number = typeof value === "string" && /^(NaN|-?Infinity)$/.test(value) ? Number(value) : value
    if (typeof number !== "number") throw expected(operand, 'a number, "NaN", "Infinity" or "-Infinity"', value)
    return { text: numberText(type, number), isNan: Number.isNaN(number) }
  }
  if (typeof value !== "string") throw expected(operand, "a text", value)
  return { text: literal(value), isNan: false }
}

/** Of the column's own precision: 0.1 in a column of float32 is the float32 next to it. */
const numberText = (type: string, value: number): string => {
  if (type === "FLOAT") return `'${Math.fround(value)}'::FLOAT`
  return !isFloat(type) && Number.isSafeInteger(value) ? `(${value})::BIGINT` : `'${value}'::DOUBLE`
}

const expected = ({ label, kind }: Operand, what: string, value: unknown): QueryError =>
  new QueryError("invalid", `${label} is ${noun(kind)}: expected ${what}, found ${JSON.stringify(value) ?? "nothing"}`)
