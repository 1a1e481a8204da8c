import { compileMapping } from "./compile-mapping.ts"
import { arena55k } from "./formats/arena-55k.ts"
import { type FormatName, layouts } from "./formats/index.ts"
import { hhRlhf } from "./hh-rlhf.ts"
import type { Mapping } from "./mapping.ts"
import { oasstMessages } from "./oasst-messages.ts"
import type { PreferenceFormat } from "./preference.ts"
import { tldr, tldrAxis } from "./tldr.ts"
import { trl } from "./trl.ts"

/** A public format by its name, or a mapping. */
export type FormatOrMapping = FormatName | Mapping

/** Formats that are more than a mapping says. */
const ofTheirOwn: Readonly<Partial<Record<FormatName, PreferenceFormat>>> = {
  trl,
  "hh-rlhf": hhRlhf,
  tldr,
  "oasst-messages": oasstMessages,
}

/** What is made of a record before its mapping is followed. */
const prepared: Readonly<Partial<Record<FormatName, Parameters<typeof compileMapping>[1]>>> = {
  "arena-55k": arena55k,
  "tldr-axis": tldrAxis,
}

/** How a file of a format is read. Throws a RangeError where a mapping is not one. */
export const formatOf = (format: FormatOrMapping): PreferenceFormat => {
  if (typeof format !== "string") return compileMapping(format)
  return ofTheirOwn[format] ?? compileMapping(layouts[format].mapping ?? {}, prepared[format])
}

/** What messages call it. */
export const spellFormat = (format: FormatOrMapping): string => (typeof format === "string" ? `"${format}"` : "the mapping")
