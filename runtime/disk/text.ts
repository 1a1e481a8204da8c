import * as fs from "node:fs"

/** What a file holds; null if it is not there, perhaps since a moment ago. */
export const textOf = (file: string): string | null => {
  try {
    return fs.readFileSync(file, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null
    throw error
  }
}
