import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import type { Graph } from "../../dsl/graph.ts"
import { isPipeline } from "../../dsl/pipeline.ts"
import { CompileError } from "../bundle/compile.ts"
import { gatedBundle } from "../bundle/gated.ts"
import { CacheNotWritable, DeclarationFailed, NotAPipeline, PipelineDoesNotCompile, PipelineNotFound } from "../error.ts"
import { Settings } from "../settings.ts"
import { thrown } from "../thrown.ts"
import { evaluate } from "./evaluate.ts"
import { placeOf } from "./place.ts"

export interface LoadedPipeline {
  /** Absolute. */
  readonly path: string
  readonly graph: Graph
}

/**
 * Loads a pipeline file: TypeScript, in any folder, with no build step. It is compiled once and
 * again only after an edit. `file` is taken from the working directory of the process.
 */
export const loadPipeline = Effect.fn("loadPipeline")(function* (file: string) {
  const settings = yield* Settings
  const source = path.resolve(file)
  if (!fs.statSync(source, { throwIfNoEntry: false })?.isFile()) {
    return yield* new PipelineNotFound({ path: source, message: `the pipeline file ${source} was not found` })
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
    catch: (error) => notCompiled(error, source, settings.cache),
  })
  const { exported } = yield* Effect.tryPromise({
    try: () => evaluate(bundle),
    catch: (error) => new DeclarationFailed({ path: source, message: declarationMessage(error, source, settings.assayRoot) }),
  })
  if (!isPipeline(exported)) {
    return yield* new NotAPipeline({
      path: source,
      message: `${source}: ${exportMessage(exported)}; write \`export default pipeline("name", () => …)\``,
    })
  }
  const loaded: LoadedPipeline = { path: source, graph: exported.graph }
  return loaded
})

/** What is wrong with a default export that is not a pipeline. */
const exportMessage = (exported: unknown): string => {
  if (exported === undefined) return "it has no default export"
  if (typeof exported === "function") return "its default export is a function, not a pipeline"
  if (typeof exported === "object" && exported !== null && "then" in exported)
    return "its default export is a promise, not a pipeline: await it"
  return "its default export is not a pipeline"
}

/** What the file system refuses is not the pipeline's fault. */
const notCompiled = (error: unknown, source: string, cache: string): PipelineDoesNotCompile | CacheNotWritable => {
  if (error instanceof CompileError) return new PipelineDoesNotCompile({ path: source, message: error.message })
  const reason = thrown(error).message
  return error instanceof Error && "errno" in error
    ? new CacheNotWritable({
        path: cache,
        message: `the cache ${cache} cannot be used: ${reason}; make room or change its permissions, or set ASSAY_CACHE to another folder`,
      })
    : new PipelineDoesNotCompile({ path: source, message: `${source}: ${reason}` })
}

const declarationMessage = (error: unknown, source: string, assayRoot: string): string =>
  `${(error instanceof Error ? placeOf(error, assayRoot) : null) ?? source}: ${messageOf(error)}`

/** An error without a message has at least a name. */
const messageOf = (error: unknown): string => {
  const { name, message } = thrown(error)
  return message === "" ? `${name} without a message` : message
}
