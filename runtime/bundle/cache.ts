import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { writeAtomically } from "./write.ts"

/** Writes a bundle under the digest of its text, with its source map, and returns its path. */
export const keepBundle = (folder: string, code: string, map: string): string => {
  const name = `${createHash("sha256").update(code).digest("hex")}.mjs`
  const file = path.join(folder, name)
  if (!fs.existsSync(file)) {
    writeAtomically(`${file}.map`, map)
    writeAtomically(file, `${code}//# sourceMappingURL=${name}.map\n`)
  }
  return file
}
