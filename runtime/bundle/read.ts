import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import type { Loader, Plugin } from "esbuild"
import { inPackage } from "../packages/package-folder.ts"

/** Contents of files as they once were, by absolute path. */
export type Recorded = ReadonlyMap<string, string>

const loaders: Readonly<Record<string, Loader>> = {
  ".json": "json",
  ".jsx": "jsx",
  ".tsx": "tsx",
  ".js": "js",
  ".mjs": "js",
  ".cjs": "js",
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
}

interface OwnFilesOptions {
  readonly assayRoot: string
  /** Receives the digest of each file by its absolute path. */
  readonly read: Map<string, string>
  readonly recorded: Recorded | null
}

/**
 * Reads the project's own files and those of Assay for the compiler and notes the digest of the
 * very bytes that it was given. Where files are recorded, they are compiled as they once were,
 * wherever they are now; one that is not on record is an error.
 */
export const ownFiles = ({ assayRoot, read, recorded }: OwnFilesOptions): Plugin => ({
  name: "own files",
  setup(build) {
    if (recorded !== null) {
      build.onResolve({ filter: /^\.{0,2}\// }, ({ path: specifier, resolveDir }) => {
        const file = path.resolve(resolveDir, specifier)
        return recorded.has(file) && !fs.existsSync(file) ? { path: file } : undefined
      })
    }
    build.onLoad({ filter: /.*/, namespace: "file" }, ({ path: file }) => {
      if (inPackage(file, assayRoot)) return undefined
      const contents = recorded === null ? fs.readFileSync(file) : recorded.get(file)
      if (contents === undefined) return { errors: [{ text: `${file} is not on record` }] }
      read.set(file, createHash("sha256").update(contents).digest("hex"))
      const loader = loaders[path.extname(file)]
      // A kind of file that is not code is for the compiler to refuse.
      return loader === undefined ? undefined : { contents, loader, resolveDir: path.dirname(file) }
    })
  },
})

const entryName = "entry"

/** The lines that a bundle starts from: under a name that no file can have. */
export const entryPoint = (contents: string, directory: string): Plugin => ({
  name: "entry point",
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ kind, path: name }) =>
      kind === "entry-point" && name === entryName ? { path: name, namespace: "assay entry" } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: "assay entry" }, () => ({ contents, loader: "js", resolveDir: directory }))
  },
})

/** What the compiler is told to start from. */
export const entryPoints = [entryName]
