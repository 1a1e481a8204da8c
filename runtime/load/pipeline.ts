import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { Effect, Option, Schema } from "effect"
import type { Graph } from "../../dsl/graph.ts"
import { isPipeline } from "../../dsl/pipeline.ts"
import { bundleFolder, keepBundle } from "../bundle/cache.ts"
import { Closure, closureOf, fileDigests, unchanged } from "../bundle/closure.ts"
import { CompileError, compile, linked } from "../bundle/compile.ts"
import { writeAtomically } from "../bundle/write.ts"
import { DeclarationFailed, NotAPipeline, PipelineDoesNotCompile, PipelineNotFound } from "../error.ts"
import { Settings, type SettingsShape } from "../settings.ts"
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
  const bundle = yield* Effect.tryPromise({
    try: () => bundled(source, settings),
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

const Record = Schema.fromJsonString(Schema.Struct({ format: Schema.Literal(1), closure: Closure, bundle: Schema.String }))

/** The path of the pipeline's bundle; the recorded one while no file that it was made from has changed. */
const bundled = async (source: string, settings: SettingsShape): Promise<string> => {
  const folder = bundleFolder(settings)
  const recordFile = path.join(folder, "pipelines", `${createHash("sha256").update(source).digest("hex")}.json`)
  const digests = fileDigests()
  const record = readRecord(recordFile)
  if (record !== null && fs.existsSync(record.bundle) && unchanged(record.closure, digests)) return record.bundle
  const compiled = await compile({
    assayRoot: settings.assayRoot,
    entry: `import * as pipeline from ${JSON.stringify(source)}\nexport const exported = pipeline["default"]`,
    directory: path.dirname(source),
    declaration: true,
  })
  const bundle = keepBundle(folder, linked(compiled), compiled.map)
  const closure = closureOf([...compiled.files, ...compiled.manifests], digests)
  writeAtomically(recordFile, Schema.encodeSync(Record)({ format: 1, closure, bundle }))
  return bundle
}

const readRecord = (file: string): typeof Record.Type | null =>
  fs.existsSync(file) ? Option.getOrNull(Schema.decodeUnknownOption(Record)(fs.readFileSync(file, "utf8"))) : null

const evaluate = async (bundle: string): Promise<unknown> => {
  process.setSourceMapsEnabled(true)
  const module = (await import(pathToFileURL(bundle).href)) as { readonly exported: unknown }
  return module.exported
}

const declarationMessage = (error: unknown, source: string, assayRoot: string): string => {
  const text = error instanceof Error ? error.message : String(error)
  const place = error instanceof Error ? placeOf(error, assayRoot) : null
  return `${place ?? source}: ${text}`
}
