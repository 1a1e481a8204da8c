import * as fs from "node:fs"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { Effect } from "effect"
import type { Graph } from "../../dsl/graph.ts"
import { isPipeline } from "../../dsl/pipeline.ts"
import { CompileError } from "../bundle/compile.ts"
import { gatedBundle } from "../bundle/gated.ts"
import { DeclarationFailed, NotAPipeline, PipelineDoesNotCompile, PipelineNotFound } from "../error.ts"
import { Settings } from "../settings.ts"
import { placeOf } from "./place.ts"

export interface LoadedPipeline {
  /** Absolute. */
  readonly path: string
  readonly graph: Graph
}

/**
 * Loads a pipeline file: TypeScript, in any folder, with no build step. It is compiled once and again only after an edit.
 * `file` is taken from the working directory of the process.
 */
export const loadPipeline = Effect.fn("loadPipeline")(function* (file: string) {
  const settings = yield* Settings
  const source = path.resolve(file)
  if (!fs.statSync(source, { throwIfNoEntry: false })?.isFile()) {
    return yield* new PipelineNotFound({ path: source, message: `there is no pipeline file ${source}` })
  }
  const { bundle } = yield* Effect.tryPromise({
    try: () =>
      gatedBundle({
        assayRoot: settings.assayRoot,
        cache: settings.cache,
        entry: `import * as pipeline from ${JSON.stringify(source)}\nexport const exported = pipeline["default"]`,
        directory: path.dirname(source),
        declaration: true,
        inlined: /^effect(\/|$)/,
      }),
    catch: (error) =>
      new PipelineDoesNotCompile({ path: source, message: error instanceof CompileError ? error.message : `${source}: ${String(error)}` }),
  })
  const exported = yield* Effect.tryPromise({
    try: () => evaluate(bundle),
    catch: (error) => new DeclarationFailed({ path: source, message: declarationMessage(error, source, settings.assayRoot) }),
  })
  if (!isPipeline(exported)) {
    return yield* new NotAPipeline({
      path: source,
      message: `${source}: its default export is no pipeline; write \`export default pipeline("name", () => …)\``,
    })
  }
  const loaded: LoadedPipeline = { path: source, graph: exported.graph }
  return loaded
})

const evaluate = async (bundle: string): Promise<unknown> => {
  const module = (await import(pathToFileURL(bundle).href)) as { readonly exported: unknown }
  return module.exported
}

const declarationMessage = (error: unknown, source: string, assayRoot: string): string => {
  const text = error instanceof Error ? error.message : String(error)
  const place = error instanceof Error ? placeOf(error, assayRoot) : null
  return `${place ?? source}: ${text}`
}
