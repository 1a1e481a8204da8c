import type { Json } from "../../dsl/canonical.ts"

/**
 * Rows as CSV (RFC 4180, lines ended by LF), with the rules of `export --format csv`: null is
 * nothing, an empty text `""`, lists and objects are JSON.
 */
export const formatCsv = (names: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<Json>>): string =>
  [names, ...rows].map((cells) => cells.map(formatCsvCell).join(",")).join("\n")

const formatCsvCell = (value: Json): string => {
  if (value === null) return ""
  const text = typeof value === "object" ? JSON.stringify(value) : String(value)
  // Some readers take what follows `#` for a comment.
  return text === "" || /[",\n\r#]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
