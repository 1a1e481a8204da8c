import { canonicalJson, type Json } from "../../dsl/canonical.ts"
import { sha256 } from "../disk/sha256.ts"

/** Values that are listed; of more, their number and digest. */
const maxValues = 16

/** Characters of a value that is listed as it is. */
const maxCharacters = 100

/**
 * The distinct values, for a person to read: numbers by size, others by their canonical JSON. A
 * long value, and too many values, are named by their digest.
 */
export const summarizeValues = (values: ReadonlyArray<Json>): ReadonlyArray<Json> => {
  const distinct = new Map(values.map((value) => [canonicalJson(value), value]))
  const texts = [...distinct.keys()].sort()
  if (texts.length > maxValues) return [`${texts.length} values, sha256 ${sha256("registration", texts.join("\n"))}`]
  const sorted = texts.map((text) => distinct.get(text) as Json)
  if (sorted.every((value) => typeof value === "number")) return sorted.sort((a, b) => a - b)
  return texts.map((text) =>
    text.length <= maxCharacters ? (distinct.get(text) as Json) : `${text.length} characters, sha256 ${sha256("registration", text)}`,
  )
}
