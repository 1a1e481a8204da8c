/**
 * Conditions of a filter, as the server reads them: `tie = true and length(chosen) >= 100`. A bar
 * of a histogram becomes one or two of them.
 */

import type { Bin, Cell, GridColumn, Histogram } from "../../../serve/api.ts"

/** Bars of a histogram: what a condition can be made of. */
export type Bar =
  | { readonly kind: "bin"; readonly bin: Bin; readonly isLast: boolean }
  | { readonly kind: "value"; readonly value: Cell }
  | { readonly kind: "nulls" }

/** A condition of a filter's text. */
interface Condition {
  readonly text: string
  /** What it is about: `chosen`, `length(chosen)`, as it is written. */
  readonly subject: string
  readonly operator: string
}

/** The conditions that hold of a bar's rows and of no others. */
export const conditionsOf = (
  column: Pick<GridColumn, "name" | "kind">,
  { kind }: Pick<Histogram, "kind">,
  bar: Bar,
): ReadonlyArray<string> => {
  const name = writeName(column.name)
  if (bar.kind === "nulls") return [`${name} is null`]
  if (bar.kind === "value") return [`${name} = ${writeValue(column.kind, bar.value)}`]
  const subject = kind === "lengths" ? `length(${name})` : name
  return [`${subject} >= ${bar.bin.from}`, `${subject} ${bar.isLast ? "<=" : "<"} ${bar.bin.to}`]
}

/** A filter with conditions added: bounds take the place of bounds, since bars lie within them. */
export const addConditions = (filter: string, added: ReadonlyArray<string>): string => {
  const conditions = added.map(readCondition)
  const kept = splitConditions(filter)
    .map(readCondition)
    .filter((old) => !conditions.some((condition) => replaces(condition, old)))
  return [...kept, ...conditions].map(({ text }) => text).join(" and ")
}

const bounds = new Set(["<", "<=", ">", ">="])

const replaces = (added: Condition, old: Condition): boolean =>
  added.text === old.text || (added.subject === old.subject && bounds.has(added.operator) && bounds.has(old.operator))

/** The pieces of a filter: operators, signs, texts in quotes, and words, which may hold quotes. */
const pieces = /[<>=!]+|[(),]|"(?:[^"]|"")*"|'(?:[^']|'')*'|[^\s<>=!(),"'][^\s<>=!(),]*/g

/** The parts of a filter between its words `and`. */
export const splitConditions = (filter: string): ReadonlyArray<string> => {
  const conditions: Array<string> = []
  let start = 0
  for (const { 0: piece, index } of filter.matchAll(pieces)) {
    if (piece.toLowerCase() !== "and") continue
    conditions.push(filter.slice(start, index))
    start = index + piece.length
  }
  conditions.push(filter.slice(start))
  return conditions.map((text) => text.trim()).filter((text) => text !== "")
}

const readCondition = (text: string): Condition => {
  const found = Array.from(text.matchAll(pieces), ([piece]) => piece)
  const ofLength = found[0]?.toLowerCase() === "length" && found[1] === "("
  const subject = found.slice(0, ofLength ? 4 : 1)
  return { text, subject: subject.join(""), operator: (found[subject.length] ?? "").toLowerCase() }
}

/** Words that mean something else where a column is expected. */
const keywords = new Set(["and", "is", "in", "not", "null", "contains", "length", "or"])

const writeName = (name: string): string =>
  /^[A-Za-z_][\w.-]*$/.test(name) && !keywords.has(name.toLowerCase()) ? name : `"${name.replaceAll('"', '""')}"`

const writeValue = (kind: GridColumn["kind"], value: Cell): string => {
  if (typeof value === "boolean" || typeof value === "number") return String(value)
  const text = typeof value === "string" ? value : JSON.stringify(value)
  // NaN and the infinities are texts in JSON, and words in a filter.
  return kind === "number" ? text : `'${text.replaceAll("'", "''")}'`
}
