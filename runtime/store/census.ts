import * as fs from "node:fs"
import * as path from "node:path"
import type { Layout } from "./layout.ts"

/** How much a store holds. */
export interface Census {
  readonly results: number
  readonly objects: number
  readonly bytes: number
  readonly pins: number
  /** Damaged files that were set aside. */
  readonly quarantined: number
  readonly failures: number
}

/** Counts without opening anything. */
export const census = (layout: Layout): Census => {
  const objects = filesUnder(layout.objects)
  return {
    results: filesUnder(layout.results).length,
    objects: objects.length,
    bytes: objects.reduce((sum, file) => sum + (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0),
    pins: filesUnder(layout.pins).length,
    quarantined: filesUnder(layout.quarantined).length,
    failures: filesUnder(layout.failures).length,
  }
}

const filesUnder = (folder: string): ReadonlyArray<string> =>
  fs.existsSync(folder)
    ? fs
        .readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
    : []
