import * as fs from "node:fs"
import * as path from "node:path"
import type { Loader, Plugin } from "esbuild"
import { inPackage } from "./package-folder.ts"

/** Contents of files as they once were, by absolute path. */
export type Recorded = ReadonlyMap<string, string>

const loaders: Readonly<Record<string, Loader>> = { ".json": "json", ".jsx": "jsx", ".tsx": "tsx", ".js": "js", ".mjs": "js", ".cjs": "js" }

/** Compiles files as they were recorded, wherever they are now. A file of the project's own that is not on record is an error. */
export const recordedSources = (recorded: Recorded): Plugin => ({
  name: "recorded",
  setup(build) {
    build.onResolve({ filter: /^\.{0,2}\// }, ({ path: specifier, resolveDir }) => {
      const file = path.resolve(resolveDir, specifier)
      return recorded.has(file) && !fs.existsSync(file) ? { path: file } : undefined
    })
    build.onLoad({ filter: /.*/, namespace: "file" }, ({ path: file }) => {
      if (inPackage(file)) return undefined
      const contents = recorded.get(file)
      if (contents === undefined) return { errors: [{ text: `${file} is not on record` }] }
      return { contents, loader: loaders[path.extname(file)] ?? "ts", resolveDir: path.dirname(file) }
    })
  },
})
