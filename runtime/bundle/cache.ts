import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { writeAtomically } from "../disk/write.ts"

const dayMs = 24 * 3600 * 1000

/** Days after which a bundle that nothing used is removed. It can be made again at any time. */
const shelfLifeDays = 14

/**
 * Writes a bundle under the digest of its text, with its source map, and returns its path. A
 * damaged one is written again.
 */
export const keepBundle = (folder: string, code: string, map: string): string => {
  const name = `${createHash("sha256").update(code).digest("hex")}.mjs`
  const file = path.join(folder, name)
  const text = `${code}//# sourceMappingURL=${name}.map\n`
  if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === text) {
    noteUse(file)
    return file
  }
  writeAtomically(`${file}.map`, map)
  writeAtomically(file, text)
  removeUnused(folder)
  return file
}

/**
 * Keeps a bundle from being removed. Once a day is enough: every touch of a file makes its
 * remembered digest useless.
 */
export const noteUse = (file: string): void => {
  const modified = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (Math.abs(Date.now() - modified) < dayMs) return
  try {
    fs.utimesSync(file, new Date(), new Date())
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
  }
}

const removeUnused = (folder: string): void => {
  const oldest = Date.now() - shelfLifeDays * dayMs
  for (const name of fs.readdirSync(folder)) {
    if (!/^[0-9a-f]{64}\.mjs$/.test(name)) continue
    const file = path.join(folder, name)
    const modified = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? oldest
    if (modified >= oldest) continue
    fs.rmSync(file, { force: true })
    fs.rmSync(`${file}.map`, { force: true })
  }
}
