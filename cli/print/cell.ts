import type { Json } from "../../dsl/canonical.ts"
import { onOneLine } from "../../runtime/observe/printable.ts"

/** A value on one line, for people to read. */
export const formatCell = (value: Json): string => {
  if (value === null) return "-"
  return typeof value === "string" ? onOneLine(value) : JSON.stringify(value)
}
