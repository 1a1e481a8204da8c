import * as path from "node:path"
import { keepBundle } from "../bundle/cache.ts"
import { compile, linked, portable } from "../bundle/compile.ts"
import { gateOf, type Look } from "../bundle/gate.ts"
import { packageName } from "../bundle/probe.ts"
import type { Recorded } from "../bundle/read.ts"
import { sha256 } from "../disk/sha256.ts"
import type { CodeRecord } from "../store/code/record.ts"
import { hazardsOf } from "./hazard.ts"
import type { RecipeShape } from "./recipe.ts"
import { scopesOf } from "./scope.ts"

/** A module's code, before it has a name in fingerprints. */
export type Code = Omit<CodeRecord, "bundling" | "digest">

interface Options {
  readonly assayRoot: string
  readonly module: string
  readonly recipe: RecipeShape
}

/**
 * Bundles what the `run` of a module reaches, digests it with all local names replaced, and keeps
 * it for execution: what runs is what was digested. Rejects with a CompileError if the module is
 * missing, does not compile or exports no `run`.
 */
export const digestCode = async (options: Options & { readonly folder: string; readonly look: () => Look }): Promise<Code> => {
  const { assayRoot, module, folder, recipe } = options
  const compiled = await compile(sourceOf(options))
  const text = portable(compiled)
  const bundle = keepBundle(folder, linked(compiled), compiled.map)
  const externals = [...compiled.externals.values()]
  return {
    module,
    gate: gateOf(compiled, bundle, options.look()),
    recipe: recipe.name(assayRoot),
    canonical: sha256("code", await recipe.canonical(text)),
    packages: [...new Set(externals.flatMap((external) => external.package ?? []))].sort(),
    absent: externals.flatMap(({ specifier, absentFrom }) => (absentFrom === null ? [] : [packageName(specifier)])),
    hazards: hazardsOf(scopesOf(text), compiled.externals),
  }
}

/**
 * The digest that files as they once were get by a recipe of today. Rejects where they cannot be
 * compiled any more.
 */
export const digestRecorded = async (options: Options & { readonly recorded: Recorded }): Promise<string> => {
  const compiled = await compile({ ...sourceOf(options), recorded: options.recorded })
  return sha256("code", await options.recipe.canonical(portable(compiled)))
}

const sourceOf = ({ assayRoot, module }: Options) => ({
  assayRoot,
  entry: `export { run } from ${JSON.stringify(module)}`,
  directory: path.dirname(module),
})
