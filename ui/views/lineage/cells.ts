/** What of a row is shown at once: the texts that it is about. */

import type { Value } from "../../../serve/api.ts"

/** Columns of texts, in the order in which one reads them. */
const read = ["prompt", "response", "chosen", "rejected", "text", "opponent"]

export interface Headline {
  readonly name: string
  readonly text: string
}

/** At most two texts of the row; those that it is known by first, else any. */
export const headlinesOf = (cells: Readonly<Record<string, Value>>): ReadonlyArray<Headline> => {
  const texts = Object.entries(cells).flatMap(([name, value]) => (typeof value === "string" && value !== "" ? [{ name, text: value }] : []))
  const known = read.flatMap((name) => texts.filter((headline) => headline.name === name))
  return (known.length > 0 ? known : texts).slice(0, 2)
}

/** Numbers and flags of the row that fit on a line: scores, KL, ties. */
export const scalarsOf = (cells: Readonly<Record<string, Value>>): ReadonlyArray<readonly [string, number | boolean]> =>
  Object.entries(cells).flatMap(([name, value]) =>
    typeof value === "number" || typeof value === "boolean" ? [[name, value] as const] : [],
  )
