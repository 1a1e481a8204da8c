import { createHash } from "node:crypto"
import { createReadStream, existsSync, mkdirSync, readFileSync, renameSync, statSync, utimesSync } from "node:fs"
import * as path from "node:path"
import { pipeline } from "node:stream/promises"
import type { Layout } from "../layout.ts"
import type { Manifest, StoredOutput } from "./manifest.ts"

export type StoredFile = StoredOutput["files"][number]

/** The files of a manifest's outputs. */
export const filesOf = (manifest: Manifest): ReadonlyArray<StoredFile> => Object.values(manifest.outputs).flatMap(({ files }) => files)

/** Whether the object is there at its full length: what a look at the folder can tell. */
export const isPresent = (layout: Layout, { object, bytes }: StoredFile): boolean =>
  statSync(layout.object(object), { throwIfNoEntry: false })?.size === bytes

/** What tells a file from another in its place, or from itself before it was written to. */
export const sightOf = (file: string): string | null => {
  const facts = statSync(file, { throwIfNoEntry: false })
  return facts === undefined ? null : `${facts.dev} ${facts.ino} ${facts.size} ${facts.mtimeMs} ${facts.ctimeMs}`
}

/** Whether the object's bytes are what its name says. Reads them all. */
export const isSound = async (layout: Layout, file: StoredFile): Promise<boolean> =>
  isPresent(layout, file) && (await fileSha256(layout.object(file.object))) === file.object

/**
 * Bytes up to which a file is read at once: to open a stream takes longer, and a piece of its
 * memory.
 */
const small = 1 << 16

export const fileSha256 = async (file: string): Promise<string> => {
  const hash = createHash("sha256")
  if (statSync(file).size <= small) return hash.update(readFileSync(file)).digest("hex")
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash)
  return hash.digest("hex")
}

/**
 * Moves a damaged file out of the reach of readers, and keeps it for inspection.
 * In a store that cannot be written it stays, and is found damaged again.
 */
export const quarantine = (layout: Layout, file: string): void => {
  if (!existsSync(file)) return
  const name = path.relative(layout.root, file).split(path.sep).join("-")
  try {
    mkdirSync(path.dirname(layout.quarantine(name)), { recursive: true })
    renameSync(file, layout.quarantine(name))
    // Its time in quarantine counts, not its age.
    utimesSync(layout.quarantine(name), new Date(), new Date())
  } catch (error) {
    if (!["EACCES", "EPERM", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error
  }
}
