import type { Json } from "../../dsl/canonical.ts"

/** A value on one line, for people. */
export const cellText = (value: Json): string => {
  if (value === null) return "-"
  return typeof value === "string" ? onOneLine(value) : JSON.stringify(value)
}

/** Control characters as escapes: text in a table must not move the cursor. */
const onOneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]/gu, escaped)

const escaped = (character: string): string =>
  ({ "\n": "\\n", "\r": "\\r", "\t": "\\t" })[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
