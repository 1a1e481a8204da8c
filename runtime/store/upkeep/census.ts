import * as fs from "node:fs"
import * as path from "node:path"
import { textOf } from "../../disk/text.ts"
import { answersIn } from "../answers/upkeep.ts"
import { keyOf, type Layout } from "../layout.ts"
import { unseal } from "../results/seal.ts"

/** How much a store holds. */
export interface Census {
  readonly results: number
  /** Of those, written by an Assay of another format: left alone and not used. */
  readonly foreign: number
  readonly objects: number
  readonly bytes: number
  readonly pins: number
  /** Damaged files in quarantine. */
  readonly quarantined: number
  readonly failures: number
  /** Bytes of answers to rows and requests. */
  readonly answers: number
}

/** Counts; opens the records of results, and no objects. */
export const census = (layout: Layout): Census => {
  const objects = filesUnder(layout.objects)
  const results = filesUnder(layout.results)
  return {
    results: results.length,
    foreign: results.filter((file) => unseal(textOf(file) ?? "", keyOf(file)).state === "foreign").length,
    objects: objects.length,
    bytes: objects.reduce((sum, file) => sum + (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0),
    pins: filesUnder(layout.pins).length,
    quarantined: filesUnder(layout.quarantined).length,
    failures: filesUnder(layout.failures).length,
    answers: answersIn(layout).reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

const filesUnder = (folder: string): ReadonlyArray<string> =>
  fs.existsSync(folder)
    ? fs
        .readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
    : []
