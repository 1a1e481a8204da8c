/** Long values that differ, shortened to where they do. */

import type { Value } from "../../../serve/api.ts"
import { shorten } from "../../text/format.ts"

/** A SHA-256: it only matters that it is another one. */
export const isDigest = (value: Value): value is string => typeof value === "string" && /^[0-9a-f]{64}$/.test(value)

const excerptLength = 60
/** Characters shown before the first difference. */
const contextLength = 15

/** Two texts around their first difference; null where values are shown as they are. */
export const excerptPair = (before: Value, after: Value): { readonly before: string; readonly after: string } | null => {
  if (isDigest(before) && isDigest(after)) return { before: shorten(before, 8), after: shorten(after, 8) }
  if (typeof before !== "string" || typeof after !== "string") return null
  if (before.length <= excerptLength && after.length <= excerptLength) return null
  let same = 0
  while (same < before.length && before[same] === after[same]) same += 1
  return { before: excerpt(before, same), after: excerpt(after, same) }
}

const excerpt = (text: string, from: number): string => {
  const start = from <= contextLength ? 0 : from - contextLength
  const end = start + excerptLength
  return `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`
}
