/**
 * Filters as a person types them: `tie = true and length(chosen) > 100 and prompt contains 'a b'`.
 * Conditions are joined by `and`. A column is a word, or in double quotes; a value is a word, or in
 * quotes of either kind, which are doubled inside.
 */

import { FilterError } from "../error.ts"
import type { Filter, FilterOperator, FilterValue, GridColumn } from "./api.ts"
import { itemOf, noun, type Operand, operandOf, operatorList, operatorsOf, unknownColumn } from "./columns.ts"
import { isWord, type Token, tokensOf } from "./tokens.ts"

/**
 * The filters that a text says, checked against the columns of a table; none for a blank text.
 * Fails with a FilterError that says where, what was expected, and which columns there are.
 */
export const parseFilters = (text: string, columns: ReadonlyArray<GridColumn>): ReadonlyArray<Filter> => {
  const tokens = tokensOf(text)
  const reader = { tokens, columns, next: 0 }
  const filters: Array<Filter> = []
  if (peek(reader).kind === "end") return filters
  for (;;) {
    filters.push(readFilter(reader))
    const token = take(reader)
    if (token.kind === "end") return filters
    if (!isKeyword(token, "and"))
      throw expected(token, `"and" or the end${token.kind === "word" ? "; put a value with spaces into quotes" : ""}`)
  }
}

/** A text that `parseFilters` reads as these filters. */
export const printFilters = (filters: ReadonlyArray<Filter>): string => filters.map(printFilter).join(" and ")

const printFilter = ({ column, length = false, op, value }: Filter): string => {
  const name = isWord(column) && !keywords.has(column.toLowerCase()) ? column : `"${column.replaceAll('"', '""')}"`
  const subject = length ? `length(${name})` : name
  if (op === "is null" || op === "is not null") return `${subject} ${op}`
  if (op === "in") return `${subject} in (${(value as ReadonlyArray<FilterValue>).map(printValue).join(", ")})`
  return `${subject} ${op} ${printValue(value as FilterValue)}`
}

const printValue = (value: FilterValue): string => {
  if (typeof value !== "string") return Object.is(value, -0) ? "-0" : String(value)
  return isWord(value) && !keywords.has(value.toLowerCase()) ? value : `'${value.replaceAll("'", "''")}'`
}

/** Words that mean something of their own somewhere: as names and values they are put in quotes. */
const keywords = new Set(["and", "is", "in", "not", "null", "contains", "length", "or"])

interface Reader {
  readonly tokens: ReadonlyArray<Token>
  readonly columns: ReadonlyArray<GridColumn>
  next: number
}

const peek = ({ tokens, next }: Reader, ahead = 0): Token => tokens[Math.min(next + ahead, tokens.length - 1)] as Token

const take = (reader: Reader): Token => {
  const token = peek(reader)
  reader.next += 1
  return token
}

const isKeyword = ({ kind, text }: Token, keyword: string): boolean => kind === "word" && text.toLowerCase() === keyword

const expected = (token: Token, what: string): FilterError => {
  const found = token.kind === "end" ? "the end" : JSON.stringify(token.text)
  return new FilterError(token.position, `expected ${what}, found ${found}`)
}

const takeSign = (reader: Reader, text: string): void => {
  const token = take(reader)
  if (token.kind !== "sign" || token.text !== text) throw expected(token, `"${text}"`)
}

const readFilter = (reader: Reader): Filter => {
  const { column, operand, length } = readSubject(reader)
  const op = readOperator(reader, operand)
  const about = { column, ...(length ? { length } : {}), op }
  if (op === "is null" || op === "is not null") return about
  return { ...about, value: op === "in" ? readList(reader, operand) : readValue(reader, op === "contains" ? itemOf(operand) : operand) }
}

const readSubject = (reader: Reader) => {
  const ofLength = isKeyword(peek(reader), "length") && peek(reader, 1).kind === "sign" && peek(reader, 1).text === "("
  if (!ofLength) {
    const found = readColumn(reader)
    return { column: found.name, operand: operandOf(found), length: false }
  }
  reader.next += 2
  const { position } = peek(reader)
  const found = readColumn(reader)
  if (found.kind !== "text" && found.kind !== "list")
    throw new FilterError(
      position,
      `${found.name} is ${noun(found.kind)}: expected a column of text or of lists, whose cells have a length`,
    )
  takeSign(reader, ")")
  return { column: found.name, operand: operandOf(found, true), length: true }
}

const readColumn = (reader: Reader): GridColumn => {
  const token = take(reader)
  if (token.kind !== "word" && token.kind !== "quoted") throw expected(token, "a column")
  const found = reader.columns.find(({ name }) => name === token.text)
  if (found === undefined) throw new FilterError(token.position, unknownColumn(reader.columns, token.text))
  return found
}

const spellings: ReadonlyMap<string, FilterOperator> = new Map([
  ["=", "="],
  ["==", "="],
  ["!=", "!="],
  ["<>", "!="],
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="],
])

const readOperator = (reader: Reader, operand: Operand): FilterOperator => {
  const token = take(reader)
  const op = isKeyword(token, "is") ? readNull(reader) : operatorOf(token)
  if (op === undefined) throw expected(token, operatorList(operand.kind))
  if (!operatorsOf(operand.kind).includes(op))
    throw expected(token, `${operatorList(operand.kind)}, because ${operand.label} is ${noun(operand.kind)}`)
  return op
}

const operatorOf = (token: Token): FilterOperator | undefined => {
  if (token.kind === "operator") return spellings.get(token.text)
  return isKeyword(token, "contains") ? "contains" : isKeyword(token, "in") ? "in" : undefined
}

const readNull = (reader: Reader): FilterOperator => {
  const token = take(reader)
  if (isKeyword(token, "null")) return "is null"
  if (!isKeyword(token, "not")) throw expected(token, "null or not null")
  const last = take(reader)
  if (!isKeyword(last, "null")) throw expected(last, "null")
  return "is not null"
}

const readList = (reader: Reader, operand: Operand): ReadonlyArray<FilterValue> => {
  takeSign(reader, "(")
  const values: Array<FilterValue> = []
  if (peek(reader).text === ")" && peek(reader).kind === "sign") {
    reader.next += 1
    return values
  }
  for (;;) {
    values.push(readValue(reader, operand))
    const token = take(reader)
    if (token.kind === "sign" && token.text === ")") return values
    if (token.kind !== "sign" || token.text !== ",") throw expected(token, '"," or ")"')
  }
}

const readValue = (reader: Reader, { kind, label }: Operand): FilterValue => {
  const token = take(reader)
  if (token.kind !== "word" && token.kind !== "quoted") throw expected(token, "a value")
  if (isKeyword(token, "null")) throw expected(token, `a value; write ${label} is null`)
  if (kind === "number") {
    const value = numberOf(token.text)
    if (value === undefined) throw expected(token, `a number, because ${label} is one`)
    return value
  }
  if (kind !== "boolean") return token.text
  if (isKeyword(token, "true")) return true
  if (isKeyword(token, "false")) return false
  throw expected(token, `true or false, because ${label} is one of them`)
}

/** A number, or the word that JSON has for it. */
const numberOf = (text: string): FilterValue | undefined => {
  const special = /^([+-]?)(nan|inf|infinity)$/i.exec(text)
  if (special !== null) return special[2]?.toLowerCase() === "nan" ? "NaN" : special[1] === "-" ? "-Infinity" : "Infinity"
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined
}
