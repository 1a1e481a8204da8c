import { createHash } from "node:crypto"
import * as path from "node:path"
import { keepBundle } from "../bundle/cache.ts"
import { type Closure, closureOf, type FileDigests } from "../bundle/closure.ts"
import { compile, linked, portable } from "../bundle/compile.ts"
import { packageName } from "../bundle/installed.ts"
import type { Recorded } from "../bundle/recorded.ts"
import { type Hazards, hazardsOf } from "./hazard.ts"
import type { RecipeShape } from "./recipe.ts"

/** A package that is loaded where it is wanted, and was not installed: from which folder it was looked for. */
export interface Absent {
  readonly name: string
  readonly from: string
}

/** What was found out about the module that implements a stage, and from which files. */
export interface Code {
  /** Absolute path. */
  readonly module: string
  readonly closure: Closure
  /** The tools that made the form that was digested. */
  readonly recipe: string
  /** Of the reachable code: the same after an edit of comments, types, formatting, names of locals, or code that `run` does not reach. */
  readonly canonical: string
  /** The folders of the packages that it imports, sorted. */
  readonly packages: ReadonlyArray<string>
  readonly absent: ReadonlyArray<Absent>
  readonly hazards: Hazards
  /** The very code that was digested, ready to be imported. */
  readonly bundle: string
}

interface Options {
  readonly assayRoot: string
  readonly module: string
  readonly recipe: RecipeShape
}

/**
 * Bundles what the `run` of a module reaches, digests it with all local names replaced, and keeps it for execution: what
 * runs is what was digested. Rejects with a CompileError if the module is missing, does not compile or exports no `run`.
 */
export const digestCode = async (options: Options & { readonly folder: string; readonly digests: FileDigests }): Promise<Code> => {
  const { assayRoot, module, folder, digests, recipe } = options
  const compiled = await compile(sourceOf(options))
  const { code, ast } = await recipe.canonical(portable(compiled))
  const externals = [...compiled.externals.values()]
  return {
    module,
    closure: closureOf([...compiled.files, ...compiled.manifests], digests),
    recipe: recipe.name(assayRoot),
    canonical: sha256(code),
    packages: [...new Set(externals.flatMap((external) => external.package ?? []))].sort(),
    absent: externals.flatMap(({ specifier, absentFrom }) =>
      absentFrom === null ? [] : [{ name: packageName(specifier), from: absentFrom }],
    ),
    hazards: hazardsOf(ast, compiled.externals),
    bundle: keepBundle(folder, linked(compiled), compiled.map),
  }
}

/** The digest that files as they once were get by a recipe of today. Rejects where they cannot be compiled any more. */
export const digestRecorded = async (options: Options & { readonly recorded: Recorded }): Promise<string> => {
  const compiled = await compile({ ...sourceOf(options), recorded: options.recorded })
  return sha256((await options.recipe.canonical(portable(compiled))).code)
}

const sourceOf = ({ assayRoot, module }: Options) => ({
  assayRoot,
  entry: `export { run } from ${JSON.stringify(module)}`,
  directory: path.dirname(module),
})

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")
