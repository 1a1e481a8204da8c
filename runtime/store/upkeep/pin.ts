import * as fs from "node:fs"
import * as path from "node:path"
import { Option, Schema } from "effect"
import { textOf } from "../../disk/text.ts"
import { writeAtomically } from "../../disk/write.ts"
import { digestsIn } from "../format.ts"
import type { Layout } from "../layout.ts"

/** A result that is never collected, and the stage and pipeline that it was pinned by. */
export const Pinned = Schema.Struct({ key: Schema.String, id: Schema.String, pipeline: Schema.String })
export type Pinned = typeof Pinned.Type

const Stored = Schema.fromJsonString(Pinned)

/** What pins keep beside their keys: all that a file names that another version put there. */
export const pinnedDigests = (layout: Layout): ReadonlyArray<string> =>
  fs.existsSync(layout.pins)
    ? fs.readdirSync(layout.pins).flatMap((name) => digestsIn(`${name} ${textOf(path.join(layout.pins, name)) ?? ""}`))
    : []

/** Sorted by key. A pin whose file cannot be read still pins. */
export const readPins = (layout: Layout): ReadonlyArray<Pinned> => {
  if (!fs.existsSync(layout.pins)) return []
  const names = fs.readdirSync(layout.pins).filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
  return names.sort().map((name) => {
    const key = name.slice(0, -".json".length)
    return Option.getOrElse(Schema.decodeUnknownOption(Stored)(textOf(layout.pin(key)) ?? ""), () => ({ key, id: "", pipeline: "" }))
  })
}

export const pin = (layout: Layout, pinned: Pinned): void => writeAtomically(layout.pin(pinned.key), Schema.encodeSync(Stored)(pinned))

/** Whether the key was pinned. */
export const unpin = (layout: Layout, key: string): boolean => {
  const was = fs.existsSync(layout.pin(key))
  fs.rmSync(layout.pin(key), { force: true })
  return was
}
