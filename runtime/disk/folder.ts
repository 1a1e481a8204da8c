import * as fs from "node:fs"
import * as path from "node:path"

/**
 * Makes a folder and those above it. Throws what the file system throws. One by one, because Node's
 * own recursive way never returns on file systems that refuse with ENOENT, as /proc does.
 */
export const makeFolder = (folder: string): void => {
  if (fs.existsSync(folder)) return
  makeFolder(path.dirname(folder))
  try {
    fs.mkdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
  }
}

/** Removes a folder that is there and holds nothing. Throws what else the file system throws. */
export const removeIfEmpty = (folder: string): void => {
  try {
    fs.rmdirSync(folder)
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error
  }
}
