import { createHash } from "node:crypto"
import * as path from "node:path"
import { minify } from "terser"
import { keepBundle } from "../bundle/cache.ts"
import { type Closure, closureOf, type FileDigests } from "../bundle/closure.ts"
import { compile, linked, portable } from "../bundle/compile.ts"
import { hazards } from "./hazard.ts"

/** What was found out about the module that implements a stage, and from which files. */
export interface CodeRecord {
  /** The recipe of the digest. Another recipe makes other digests, so that its records are not read. */
  readonly format: 1
  /** Absolute path. */
  readonly module: string
  readonly closure: Closure
  /** Of the reachable code: the same after an edit of comments, types, formatting, names of locals, or code that `run` does not reach. */
  readonly digest: string
  /** The folders of the packages that it imports, sorted. */
  readonly packages: ReadonlyArray<string>
  /** Why results may depend on more than the fingerprint; empty if they do not. */
  readonly hazards: ReadonlyArray<string>
  /** The very code that was digested, ready to be imported. */
  readonly bundle: string
}

/**
 * Bundles what the `run` of a module reaches, digests it with all local names replaced, and keeps it for execution: what
 * runs is what was digested. Rejects with a CompileError if the module is missing, does not compile or exports no `run`.
 */
export const digestCode = async (options: {
  readonly assayRoot: string
  readonly module: string
  readonly folder: string
  readonly digests: FileDigests
}): Promise<CodeRecord> => {
  const { assayRoot, module, folder, digests } = options
  const compiled = await compile({
    assayRoot,
    entry: `export { run } from ${JSON.stringify(module)}`,
    directory: path.dirname(module),
  })
  // `spidermonkey` is terser's name for ESTree.
  const canonical = await minify(portable(compiled), {
    module: true,
    compress: false,
    mangle: true,
    format: { spidermonkey: true, code: true } as object,
  })
  const { code, ast } = canonical as { readonly code: string; readonly ast: unknown }
  const packages = [...compiled.externals.values()].flatMap((external) => external.package ?? [])
  return {
    format: 1,
    module,
    closure: closureOf([...compiled.files, ...compiled.manifests], digests),
    digest: createHash("sha256").update(code).digest("hex"),
    packages: [...new Set(packages)].sort(),
    hazards: hazards(ast, compiled.externals),
    bundle: keepBundle(folder, linked(compiled), compiled.map),
  }
}
