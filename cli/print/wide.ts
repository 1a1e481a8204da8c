import type { Json } from "../../dsl/canonical.ts"
import { onOneLine } from "../../runtime/observe/printable.ts"
import { formatCell } from "./cell.ts"
import { wrapLines } from "./wrap-lines.ts"

/** Characters that a value gets, however long the names of the columns are. */
const narrowestValue = 24

/**
 * Each row as a block of lines, a column under the other: for texts that are longer than a line.
 * They are wrapped to `width` and never cut; columns without a value are left out.
 */
export const formatWide = (names: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<Json>>, width: number): string => {
  const shown = names.map(onOneLine)
  const indent = Math.min(Math.max(0, ...shown.map((name) => [...name].length)) + 2, Math.max(2, width - narrowestValue))
  return rows
    .map((row, index) => [
      ruleOf(`row ${index + 1}`, width),
      ...row.flatMap((value, column) => field(shown[column] ?? "", value, indent, width)),
    ])
    .map((lines) => lines.join("\n"))
    .join("\n\n")
}

const ruleOf = (title: string, width: number): string => `── ${title} ${"─".repeat(Math.max(0, width - title.length - 4))}`

const field = (name: string, value: Json, indent: number, width: number): ReadonlyArray<string> => {
  if (value === null) return []
  const text = typeof value === "string" ? value : formatCell(value)
  const lines = wrapLines(text, width - indent)
  const room = indent - 2
  if ([...name].length > room) return [name, ...lines.map((line) => " ".repeat(indent) + line)]
  return lines.map((line, index) => `${(index === 0 ? name : "").padEnd(indent)}${line}`.trimEnd())
}
