import * as fs from "node:fs"
import * as path from "node:path"
import type { Closure } from "../bundle/gate.ts"
import type { FileDigests } from "../disk/file-digest.ts"
import { sha256 } from "../disk/sha256.ts"
import type { FileList, NamedFile } from "../store/code/files.ts"

/**
 * The files that a module's code was made from, by names that do not tell where the project lies,
 * in the order of the names.
 */
export const namedFiles = (closure: Closure, module: string, assayRoot: string): ReadonlyArray<NamedFile> =>
  closure
    .map(({ path: file, sha256 }) => ({ name: nameFrom(path.dirname(module), file, assayRoot), sha256 }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))

/**
 * The files of several modules. Where two have a file of one name, both are listed: either may have
 * changed.
 */
export const joinFiles = (modules: ReadonlyArray<ReadonlyArray<NamedFile>>): FileList => {
  const unique = new Map(modules.flat().map((file) => [`${file.name} ${file.sha256}`, file]))
  const list = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file)
  return { digest: filesAsTheyAre(list), list }
}

/** One digest of them all. */
export const filesAsTheyAre = (files: ReadonlyArray<NamedFile>): string =>
  sha256("code files", JSON.stringify(files.map(({ name, sha256 }) => [name, sha256])))

/**
 * All code and JSON of a project, outside of packages and hidden folders: what an import by a
 * computed name may reach.
 */
export const projectSources = (root: string, digests: FileDigests): Closure => {
  const found: Array<{ path: string; sha256: string }> = []
  const visit = (folder: string): void => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name)
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue
      if (entry.isDirectory()) visit(file)
      else if (/\.([mc]?[jt]sx?|json|node)$/.test(entry.name)) found.push({ path: file, sha256: digests(file) ?? "" })
    }
  }
  visit(root)
  return found
}

const nameFrom = (folder: string, file: string, assayRoot: string): string => {
  const fromAssay = path.relative(assayRoot, file)
  const relative = fromAssay.startsWith("..") ? path.relative(folder, file) : `assay:${fromAssay}`
  return relative.split(path.sep).join("/")
}
