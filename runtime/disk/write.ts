import * as fs from "node:fs"
import * as path from "node:path"
import { makeFolder } from "./folder.ts"
import { processTag } from "./process.ts"

let written = 0

/**
 * Writes a small file so that a reader sees all of it or nothing. Makes its folder. Throws what the
 * file system throws.
 */
export const writeAtomically = (file: string, content: string | Uint8Array): void => {
  makeFolder(path.dirname(file))
  written += 1
  const temporary = `${file}.${processTag()}.${written}.tmp`
  const descriptor = fs.openSync(temporary, "w")
  try {
    fs.writeFileSync(descriptor, content)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
  fs.renameSync(temporary, file)
}

/** The same for files that can be made again: where the file system refuses, nothing is written. */
export const writeIfPossible = (file: string, content: string | Uint8Array): void => {
  try {
    writeAtomically(file, content)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
  }
}
