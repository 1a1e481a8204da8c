import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { writeAtomically } from "./write.ts"

/** The folder of bundles: beside Assay's packages, else in the store where those cannot be written. */
export const bundleFolder = ({ assayRoot, store }: { readonly assayRoot: string; readonly store: string }): string => {
  const beside = path.join(assayRoot, "node_modules", ".cache", "assay")
  return isWritable(beside) ? beside : path.join(store, "cache")
}

const isWritable = (folder: string): boolean => {
  try {
    fs.mkdirSync(folder, { recursive: true })
    fs.accessSync(folder, fs.constants.W_OK)
    return true
  } catch {
    return false
  }
}

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
