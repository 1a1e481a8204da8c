import type { Json } from "../../dsl/canonical.ts"

/** A value of a table as JSON has it: lists of numbers as arrays, whole numbers too large for JSON as text, NaN as null. */
export const cellToJson = (value: unknown): Json => {
  if (value === null || value === undefined) return null
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === "number") return Number.isFinite(value) ? value : null
  if (typeof value === "string" || typeof value === "boolean") return value
  if (ArrayBuffer.isView(value)) return Array.from(value as Int32Array | Float32Array, cellToJson)
  if (Array.isArray(value)) return value.map(cellToJson)
  if (value instanceof Date) return value.toISOString()
  return String(value)
}

/** A value on one line, for people. */
export const cellToText = (value: unknown): string => {
  const plain = cellToJson(value)
  if (plain === null) return Number.isNaN(value) ? "NaN" : "-"
  return typeof plain === "string" ? onOneLine(plain) : JSON.stringify(plain)
}

/** Control characters as escapes: text in a table must not move the cursor. */
const onOneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, escaped)

const escaped = (character: string): string =>
  ({ "\n": "\\n", "\r": "\\r", "\t": "\\t" })[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
