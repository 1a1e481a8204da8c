import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import type { FileDigests } from "../disk/file-digest.ts"
import { InputFileMissing } from "../error.ts"
import type { SettingsShape } from "../settings.ts"
import { filesDigest } from "./logical.ts"

/** A file from outside, as it was when the pipeline was fingerprinted. */
export interface OutsideFile {
  /** Absolute. */
  readonly path: string
  readonly sha256: string
  /** Its logical digest, as an artifact of one file. */
  readonly digest: string
}

const outsidePath = (name: string, { assayRoot, projectRoot }: Pick<SettingsShape, "assayRoot" | "projectRoot">): string =>
  name.startsWith("assay:") ? path.join(assayRoot, name.slice("assay:".length)) : path.resolve(projectRoot, name)

/** Reads what `file(name)` stands for. Throws what the file system throws. */
export const outsideFile = (
  name: string,
  { assayRoot, projectRoot }: Pick<SettingsShape, "assayRoot" | "projectRoot">,
  digests: FileDigests,
): OutsideFile => {
  const file = outsidePath(name, { assayRoot, projectRoot })
  const sha256 = digests(file)
  if (sha256 === null) throw new Error(`${file}: ${fs.existsSync(file) ? "it is a folder" : "the file was not found"}`)
  return { path: file, sha256, digest: filesDigest([{ name: path.basename(file), object: sha256 }]) }
}

/** The same, failing with an InputFileMissing that says what lies in the file's folder. */
export const readOutside = (name: string, settings: SettingsShape, digests: FileDigests) =>
  Effect.try({
    try: () => outsideFile(name, settings, digests),
    catch: (error) =>
      new InputFileMissing({
        path: name,
        message: `file("${name}") cannot be read: ${error instanceof Error ? error.message : String(error)}${siblings(name, settings)}`,
      }),
  })

/** What the folder of a missing file holds: the name may be mistyped. */
const siblings = (name: string, { assayRoot, projectRoot }: SettingsShape): string => {
  const file = outsidePath(name, { assayRoot, projectRoot })
  if (fs.existsSync(file) || !fs.statSync(path.dirname(file), { throwIfNoEntry: false })?.isDirectory()) return ""
  const names = fs.readdirSync(path.dirname(file)).sort()
  const shown = names.slice(0, mostSiblings).join(", ")
  return `; its folder has ${names.length === 0 ? "no file" : `${shown}${names.length > mostSiblings ? ` and ${names.length - mostSiblings} more` : ""}`}`
}

const mostSiblings = 12
