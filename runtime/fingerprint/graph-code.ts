import * as path from "node:path"
import { Effect } from "effect"
import type { Command } from "../../dsl/connection.ts"
import type { Declaration } from "../../dsl/declaration.ts"
import type { Graph, GraphStage } from "../../dsl/graph.ts"
import type { PluginDeclaration } from "../../dsl/plugin.ts"
import { CompileError } from "../bundle/compile.ts"
import { lookAround } from "../bundle/gated.ts"
import { StageDoesNotCompile } from "../error.ts"
import { installed } from "../packages/installed.ts"
import { readPackageJson } from "../packages/package-json.ts"
import { Settings } from "../settings.ts"
import type { FileList } from "../store/code/files.ts"
import type { CodeRecord } from "../store/code/record.ts"
import { engineIdentity } from "./engine.ts"
import { knownCode } from "./known-code.ts"
import type { ModuleCode } from "./module-code.ts"
import { type OutsideFile, readOutside } from "./outside-file.ts"
import { namedFiles, projectSources } from "./own-files.ts"
import { type Package, packageReader } from "./packages.ts"
import { type ProgramCode, readProgram, type StageProgram } from "./program.ts"
import { Recipe } from "./recipe.ts"
import type { Rights } from "./rights.ts"
import { type FileNames, factsBy, type StageServices } from "./stage-facts.ts"
import type { StaticParts } from "./vector.ts"

/** What a run needs to know of the code of its stages, on whichever machine it computes them. */
export interface RunCode {
  readonly parts: (stage: GraphStage) => StaticParts
  /** The digest of the code of its own implementation. */
  readonly codeDigest: (stage: GraphStage) => string
  /** The modules that it runs: its own, and those of the plugins that it is given. */
  readonly bundles: (stage: GraphStage) => Bundles
  /** The files that its code and that of its plugins was made from. */
  readonly files: (stage: GraphStage) => FileList
  /** Why the stage's results cannot be kept for a later run; empty if they can. */
  readonly uncacheable: (stage: GraphStage) => ReadonlyArray<string>
  /** What the reader should know about how its code is compared; mostly nothing. */
  readonly remarks: (stage: GraphStage) => ReadonlyArray<string>
  /** What the stage's process may reach. */
  readonly rights: (stage: GraphStage) => Rights
  /** What the stage may ask of the process that runs it. */
  readonly services: (stage: GraphStage) => StageServices
  /** The user's program that computes it; null where its module does. */
  readonly command: (stage: GraphStage) => StageProgram | null
  /** Whether an answer from outside, which cannot be had again, is part of its result. */
  readonly recorded: (stage: GraphStage) => boolean
  /** A file that the pipeline names by `file(…)`. */
  readonly outside: (name: string) => OutsideFile
}

/** Absolute paths of modules: of a stage's own, and of plugins by their printed places. */
export interface Bundles {
  readonly bundle: string
  readonly plugins: Readonly<Record<string, string>>
}

/** All that fingerprints need and that no run changes. */
export interface GraphCode extends RunCode {
  /** The code of its own implementation. */
  readonly code: (stage: GraphStage) => CodeRecord
  /** The code of the plugins that it is given, by their printed places. */
  readonly plugins: (stage: GraphStage) => ReadonlyMap<string, CodeRecord>
  /** Which of its files its own code was made from, and which each plugin. */
  readonly fileNames: (stage: GraphStage) => FileNames
  /** Of the packages that it imports, what they would reach outside and may not. */
  readonly confinements: (stage: GraphStage) => ReadonlyArray<string>
  /** The packages that its code and that of its plugins need. */
  readonly packages: (stage: GraphStage) => ReadonlyArray<Package>
}

/**
 * Fingerprints the code behind every declaration of a graph, and the files that it takes from
 * outside.
 */
export const fingerprintCode = Effect.fn("fingerprintCode")(function* (graph: Graph) {
  const settings = yield* Settings
  const look = lookAround(settings)
  const closureOf = packageReader(settings.assayRoot)
  const engine = engineIdentity(settings, look)
  const recipe = yield* Recipe
  const declarations = new Set<Declaration | PluginDeclaration>()
  for (const { declaration, plugins } of graph.stages) {
    declarations.add(declaration)
    for (const plugin of plugins) declarations.add(plugin.declaration)
  }
  const records = new Map<string, CodeRecord>()
  const modules = new Map<Declaration | PluginDeclaration, string>()
  for (const declaration of declarations) modules.set(declaration, yield* moduleOf(declaration))

  const compileOne = (module: string, declaration: Declaration | PluginDeclaration) =>
    Effect.tryPromise({
      try: async () => {
        records.set(module, await knownCode({ settings, recipe, module, look }))
      },
      catch: (error) =>
        new StageDoesNotCompile({
          stage: declaration.name,
          message: `${ownerOf(declaration)}: ${error instanceof CompileError ? withoutRun(error.message, module, declaration) : `${module}: ${String(error)}`}`,
        }),
    })
  const unique = new Map([...modules].map(([declaration, module]) => [module, declaration]))
  yield* Effect.forEach(unique, ([module, declaration]) => compileOne(module, declaration), { concurrency: 4, discard: true })

  const programs = new Map<Declaration | PluginDeclaration, ProgramCode>()
  const { projectRoot } = settings
  for (const declaration of declarations) {
    const command = commandOf(declaration)
    if (command !== undefined)
      programs.set(declaration, yield* readProgram(ownerOf(declaration), command, { projectRoot, digests: look.digests }))
  }

  const outside = new Map<string, OutsideFile>()
  const named = new Map(
    graph.stages.flatMap(({ inputs }) =>
      inputs.flatMap(({ sources }) =>
        sources.flatMap(({ type, from }) =>
          from.kind === "file" ? [[`${type.kind} ${from.file}`, { kind: type.kind, name: from.file }] as const] : [],
        ),
      ),
    ),
  )
  for (const { kind, name } of named.values()) outside.set(name, yield* readOutside(name, kind, settings, look.digests))

  const codes = new Map(
    [...modules].map(([declaration, module]): readonly [Declaration | PluginDeclaration, ModuleCode] => {
      const record = records.get(module) as CodeRecord
      const packages = packagesOf(record, settings.projectRoot, closureOf)
      const sources = record.hazards.computedNames ? projectSources(settings.projectRoot, look.digests) : []
      const trusted = module.startsWith(path.join(settings.assayRoot, "learning") + path.sep)
      const files = namedFiles(record.gate.closure, module, settings.assayRoot)
      return [declaration, { declaration, trusted, record, files, packages, sources, program: programs.get(declaration) ?? null }]
    }),
  )
  const factsOf = factsBy({ codes, engine, treeOf: look.packages, settings })
  const graphCode: GraphCode = {
    parts: (stage) => factsOf(stage).parts,
    code: (stage) => factsOf(stage).own.record,
    codeDigest: (stage) => factsOf(stage).own.record.digest,
    bundles: (stage) => {
      const { own, placed } = factsOf(stage)
      const plugins = [...placed].map(([place, { record }]) => [place, record.gate.bundle])
      return { bundle: own.record.gate.bundle, plugins: Object.fromEntries(plugins) }
    },
    packages: (stage) => factsOf(stage).packages,
    plugins: (stage) => new Map([...factsOf(stage).placed].map(([place, { record }]) => [place, record])),
    files: (stage) => factsOf(stage).files,
    fileNames: (stage) => factsOf(stage).fileNames,
    uncacheable: (stage) => factsOf(stage).uncacheable,
    remarks: (stage) => factsOf(stage).remarks,
    rights: (stage) => factsOf(stage).rights,
    services: (stage) => factsOf(stage).services(),
    command: (stage) => factsOf(stage).command,
    recorded: (stage) => factsOf(stage).recorded,
    confinements: (stage) => factsOf(stage).confinements,
    outside: (name) => outside.get(name) as OutsideFile,
  }
  return graphCode
})

/**
 * The compiler's words for a module that exports no `run` name a line that only Assay has written.
 */
const withoutRun = (message: string, module: string, declaration: Declaration | PluginDeclaration): string => {
  if (!/No matching export in ".*" for import "run"/.test(message)) return message
  const written = "kind" in declaration ? "run = …" : "run: Run<typeof …> = async ({ inputs, parameters, outputs }) => …"
  return `${module} does not export "run": write \`export const ${written}\``
}

/** What the code reaches; where it imports by computed names, all that the project declares. */
const packagesOf = (
  { packages, hazards }: CodeRecord,
  projectRoot: string,
  closureOf: ReturnType<typeof packageReader>,
): ReadonlyArray<Package> => {
  const declared = hazards.computedNames ? (readPackageJson(projectRoot)?.dependencies ?? []) : []
  return closureOf([...packages, ...declared.flatMap((name) => installed(projectRoot, name) ?? [])])
}

/**
 * The absolute path of an implementation: what `import("./train.ts")` has become in a loaded
 * pipeline.
 */
const moduleOf = (declaration: Declaration | PluginDeclaration): Effect.Effect<string, StageDoesNotCompile> =>
  Effect.tryPromise({
    try: async () => {
      const { module } = (await declaration.run()) as { readonly module?: unknown }
      if (typeof module !== "string") throw new Error('write `run: () => import("./file.ts")`, with the name of a file of your own')
      return module
    },
    catch: (error) =>
      new StageDoesNotCompile({
        stage: declaration.name,
        message: `${ownerOf(declaration)}: its implementation is not named by a lazy import: ${error instanceof Error ? error.message : String(error)}`,
      }),
  })

/** The user's program that computes a stage, or that it or a plugin asks. */
const commandOf = (declaration: Declaration | PluginDeclaration): Command | undefined => {
  const command = "command" in declaration ? declaration.command : undefined
  return command ?? (declaration.connect?.kind === "program" ? declaration.connect.command : undefined)
}

/** `stage train`, `loss orpo`. */
const ownerOf = (declaration: Declaration | PluginDeclaration): string =>
  `${"kind" in declaration ? declaration.kind : "stage"} ${declaration.name}`
