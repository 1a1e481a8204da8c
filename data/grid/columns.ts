import { QueryError } from "../error.ts"
import { nearest } from "../nearest.ts"
import { identifier } from "../sql.ts"
import type { ColumnKind, FilterOperator, GridColumn } from "./api.ts"

const numbers = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|BIGNUM|FLOAT|DOUBLE|DECIMAL\(.*\))$/

/** A column by its name and type, in DuckDB's words. */
export const gridColumn = (name: string, type: string): GridColumn => ({ name, type, kind: kindOf(type) })

const kindOf = (type: string): ColumnKind => {
  if (type.endsWith("[]")) return "list"
  if (type === "VARCHAR") return "text"
  if (type === "BOOLEAN") return "boolean"
  return numbers.test(type) ? "number" : "other"
}

/** Whether a column can hold NaN. */
export const isFloat = (type: string): boolean => type === "FLOAT" || type === "DOUBLE"

/** Fails with a QueryError that names the nearest columns there are. */
export const findColumn = (columns: ReadonlyArray<GridColumn>, name: string): GridColumn => {
  const found = columns.find((column) => column.name === name)
  if (found === undefined) throw new QueryError("invalid", unknownColumn(columns, name))
  return found
}

/** Columns by their names, or all. */
export const chosenColumns = (columns: ReadonlyArray<GridColumn>, names: ReadonlyArray<string> | undefined): ReadonlyArray<GridColumn> =>
  names === undefined ? columns : names.map((name) => findColumn(columns, name))

export const unknownColumn = (columns: ReadonlyArray<GridColumn>, name: string): string => {
  const names = columns.map((column) => column.name)
  const near = nearest(names, name)
  const guess = near.length === 0 ? "" : `; did you mean ${near.map(shown).join(" or ")}?`
  return `the table has no column ${JSON.stringify(name)}${guess === "" ? "." : guess} Columns: ${names.map(shown).join(", ")}`
}

/** A name as it is, unless it holds what could be taken for the message around it. */
const shown = (name: string): string => (/^[\w.-]+$/.test(name) ? name : JSON.stringify(name))

/** What a filter or a sort is about: a column's cells, or their lengths. */
export interface Operand {
  /** As a person reads it: `chosen`, `length(chosen)`. */
  readonly label: string
  readonly sql: string
  readonly kind: ColumnKind
  readonly type: string
}

/** Fails with a QueryError where cells have no length. */
export const operandOf = ({ name, kind, type }: GridColumn, length = false): Operand => {
  const sql = identifier(name)
  if (!length) return { label: name, sql, kind, type }
  if (kind !== "text" && kind !== "list") throw new QueryError("invalid", `${noun(kind)} has no length: ${name}`)
  return { label: `length(${name})`, sql: `len(${sql})`, kind: "number", type: "BIGINT" }
}

/** The items of a column of lists; else the operand itself. */
export const itemOf = (operand: Operand): Operand => {
  if (operand.kind !== "list") return operand
  const type = operand.type.slice(0, -"[]".length)
  return { ...operand, type, kind: kindOf(type) }
}

/** What a column of a kind is called in messages. */
export const noun = (kind: ColumnKind): string =>
  ({
    number: "a column of numbers",
    text: "a column of text",
    boolean: "a column of true and false",
    list: "a column of lists",
    other: "a column of another type",
  })[kind]

const ofAll: ReadonlyArray<FilterOperator> = ["is null", "is not null"]
const ofOrdered: ReadonlyArray<FilterOperator> = ["=", "!=", "<", "<=", ">", ">=", "in", ...ofAll]

/** The operators that apply to cells of a kind. */
export const operatorsOf = (kind: ColumnKind): ReadonlyArray<FilterOperator> =>
  ({
    number: ofOrdered,
    text: [...ofOrdered, "contains" as const],
    boolean: ["=", "!=", "in", ...ofAll] as const,
    list: ["contains", ...ofAll] as const,
    other: [...ofOrdered, "contains" as const],
  })[kind]

/** The same for a message. */
export const operatorList = (kind: ColumnKind): string =>
  operatorsOf(kind)
    .join(", ")
    .replace(/, ([^,]*)$/, " or $1")
