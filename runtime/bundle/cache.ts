import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { writeAtomically } from "./write.ts"

/** Days after which a bundle that nobody used is taken away. It can be made again at any time. */
const shelfLife = 14

/** Writes a bundle under the digest of its text, with its source map, and returns its path. */
export const keepBundle = (folder: string, code: string, map: string): string => {
  const name = `${createHash("sha256").update(code).digest("hex")}.mjs`
  const file = path.join(folder, name)
  if (isKept(file)) return file
  writeAtomically(`${file}.map`, map)
  writeAtomically(file, `${code}//# sourceMappingURL=${name}.map\n`)
  removeUnused(folder)
  return file
}

/** Whether a bundle is there, which counts as a use of it. */
export const isKept = (file: string): boolean => {
  try {
    fs.utimesSync(file, new Date(), new Date())
    return true
  } catch {
    return fs.existsSync(file)
  }
}

const removeUnused = (folder: string): void => {
  const oldest = Date.now() - shelfLife * 24 * 3600 * 1000
  for (const name of fs.readdirSync(folder)) {
    if (!/^[0-9a-f]{64}\.mjs$/.test(name)) continue
    const file = path.join(folder, name)
    const modified = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? oldest
    if (modified >= oldest) continue
    fs.rmSync(file, { force: true })
    fs.rmSync(`${file}.map`, { force: true })
  }
}
