import { match } from "ts-pattern"
import { spell } from "../../../data/interchange/record.ts"
import type { Column, ColumnType } from "../../../dsl/column.ts"

/** A cell that its column cannot hold. */
export class CellRefused extends Error {
  readonly expected: Column
  readonly found: string
  constructor(expected: Column, found: string) {
    super(`expected ${expected}, found ${found}`)
    this.expected = expected
    this.found = found
  }
}

/** Makes a cell of a column from what a file says of it, null where it says nothing. */
export type CellReader = (value: unknown) => unknown

/**
 * How cells of a column are read. `isText` where all cells are text, as in CSV: then numbers and
 * booleans are spelled, lists are JSON, and an empty cell of a column of text is an empty text.
 */
export const cellReader = (column: Column, isText: boolean): CellReader => {
  const isNullable = column.endsWith("?")
  const type = (isNullable ? column.slice(0, -1) : column) as ColumnType
  const read = reader(type)
  const refuse = (value: unknown): never => {
    throw new CellRefused(column, value === null ? "null" : spell(value))
  }
  return (value) => {
    if (value === null) return isNullable ? null : isText && type === "utf8" ? "" : refuse(null)
    const cell = read(isText && type !== "utf8" ? spelled(value) : value)
    return cell === undefined ? refuse(value) : cell
  }
}

/** The cell, or undefined where it is none of this type. */
const reader = (type: ColumnType): CellReader =>
  match(type)
    .with("bool", (): CellReader => (value) => (typeof value === "boolean" ? value : undefined))
    .with("int32", (): CellReader => (value) => (isInt32(value) ? value : undefined))
    .with("float32", "float64", (): CellReader => (value) => (typeof value === "number" ? value : undefined))
    .with("utf8", (): CellReader => (value) => (typeof value === "string" ? value : undefined))
    .with("list<int32>", (): CellReader => (value) => (isListOf(value, isInt32) ? Int32Array.from(value) : undefined))
    .with("list<float32>", (): CellReader => (value) => (isListOf(value, isNumber) ? Float32Array.from(value) : undefined))
    .exhaustive()

const isNumber = (value: unknown): value is number => typeof value === "number"

const isInt32 = (value: unknown): value is number => typeof value === "number" && (value | 0) === value

const isListOf = (value: unknown, isElement: (element: unknown) => element is number): value is ReadonlyArray<number> =>
  Array.isArray(value) && value.every(isElement)

/** Numbers that JSON cannot say, as Python and others spell them. */
const special: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "+inf": Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  "-infinity": Number.NEGATIVE_INFINITY,
}

/**
 * What a text stands for: a number, a boolean, or a list. The text itself where it is none of
 * these.
 */
const spelled = (value: unknown): unknown => {
  if (typeof value !== "string") return value
  const text = value.trim().toLowerCase()
  if (text === "true" || text === "false") return text === "true"
  if (Object.hasOwn(special, text)) return special[text]
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(text)) return Number(text)
  if (!text.startsWith("[")) return value
  try {
    return JSON.parse(text)
  } catch {
    return value
  }
}
