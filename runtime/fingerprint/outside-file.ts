import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import type { ArtifactType } from "../../dsl/artifact.ts"
import type { FileDigests } from "../disk/file-digest.ts"
import { folderFiles } from "../disk/folder-files.ts"
import { isPattern, namesMatching } from "../disk/name-pattern.ts"
import { InputFileMissing } from "../error.ts"
import type { SettingsShape } from "../settings.ts"
import { fileSha256 } from "../store/results/verify.ts"
import { filesDigest } from "./logical.ts"

/** A file or folder from outside, as it was when the pipeline was fingerprinted. */
export interface OutsideFile {
  /** Absolute. */
  readonly path: string
  /**
   * The file itself, or all files of the folder, or those that match a pattern: under their paths
   * from it, and in their order. Where a link leads to a file, its path is where the file lies: a
   * confined stage follows no link.
   */
  readonly files: ReadonlyArray<{ readonly name: string; readonly path: string }>
  readonly isFolder: boolean
  /** Its logical digest, as an artifact of these files. */
  readonly digest: string
  /** Whether it still holds what it held, read again from the first byte to the last. */
  readonly isUnchanged: () => Promise<boolean>
}

const outsidePath = (name: string, { assayRoot, projectRoot }: Pick<SettingsShape, "assayRoot" | "projectRoot">): string =>
  name.startsWith("assay:") ? path.join(assayRoot, name.slice("assay:".length)) : path.resolve(projectRoot, name)

/** Reads what `file(name)` stands for. Throws what the file system throws. */
export const outsideFile = (
  name: string,
  { assayRoot, projectRoot }: Pick<SettingsShape, "assayRoot" | "projectRoot">,
  digests: FileDigests,
): OutsideFile => {
  const outside = outsidePath(name, { assayRoot, projectRoot })
  const { files, isFolder } = filesAt(outside)
  const digest = filesDigest(files.map((file) => ({ name: file.name, object: digestOf(file.path, digests) })))
  return { path: outside, files, isFolder, digest, isUnchanged: () => isUnchanged(outside, digest) }
}

const digestOf = (file: string, digests: FileDigests): string => {
  const sha256 = digests(file)
  if (sha256 === null) throw new Error(`${file}: the file was not found`)
  return sha256
}

const filesAt = (outside: string): Pick<OutsideFile, "files" | "isFolder"> => {
  const facts = fs.statSync(outside, { throwIfNoEntry: false })
  if (facts === undefined && isPattern(outside)) return { files: matching(outside), isFolder: true }
  if (facts === undefined) throw new Error(`${outside}: the file was not found`)
  if (!facts.isDirectory()) return { files: [{ name: path.basename(outside), path: fs.realpathSync(outside) }], isFolder: false }
  const files = folderFiles(outside).map((name) => ({ name, path: fs.realpathSync(path.join(outside, name)) }))
  if (files.length === 0) throw new Error(`${outside}: the folder holds no file (those whose names begin with a dot do not count)`)
  return { files, isFolder: true }
}

/** The files of a folder whose names match the last part of a path, in their order. */
const matching = (pattern: string): OutsideFile["files"] => {
  const folder = path.dirname(pattern)
  const names = namesMatching(path.basename(pattern))
  const found = fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? folderFiles(folder).filter(names) : []
  if (found.length === 0) throw new Error(`${pattern}: no file matches`)
  return found.map((name) => ({ name, path: fs.realpathSync(path.join(folder, name)) }))
}

const isUnchanged = async (outside: string, digest: string): Promise<boolean> => {
  try {
    const files: Array<{ readonly name: string; readonly object: string }> = []
    for (const { name, path: file } of filesAt(outside).files) files.push({ name, object: await fileSha256(file) })
    return filesDigest(files) === digest
  } catch {
    return false
  }
}

/**
 * The same, failing with an InputFileMissing that says what lies in the file's folder, and where a
 * table is expected and a folder found.
 */
export const readOutside = (name: string, kind: ArtifactType["kind"], settings: SettingsShape, digests: FileDigests) =>
  Effect.try({
    try: () => {
      const outside = outsideFile(name, settings, digests)
      if (kind === "table" && outside.isFolder)
        throw new Error(`${outside.path}: it is a folder, and a table is one Parquet file; name the file`)
      return outside
    },
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
