import { Effect } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import type { Declaration } from "../../dsl/declaration.ts"
import type { Graph, GraphStage } from "../../dsl/graph.ts"
import { CompileError } from "../bundle/compile.ts"
import type { Closure } from "../bundle/gate.ts"
import { lookAround } from "../bundle/gated.ts"
import { StageDoesNotCompile } from "../error.ts"
import { installed } from "../packages/installed.ts"
import { readPackageJson } from "../packages/package-json.ts"
import { Settings, type SettingsShape } from "../settings.ts"
import type { FileList } from "../store/code/files.ts"
import type { CodeRecord } from "../store/code/record.ts"
import { engineIdentity } from "./engine.ts"
import { knownCode } from "./known-code.ts"
import { uncacheableReasons } from "./outside.ts"
import { type OutsideFile, readOutside } from "./outside-file.ts"
import { filesAsTheyAre, namedFiles, projectSources } from "./own-files.ts"
import { identitiesOf, type Package, packageReader } from "./packages.ts"
import { Recipe } from "./recipe.ts"
import { confinementsOf, type Rights, rightsOf } from "./rights.ts"
import type { StaticParts } from "./vector.ts"

/** All that fingerprints need and that no run changes. */
export interface GraphCode {
  readonly parts: (stage: GraphStage) => StaticParts
  readonly code: (stage: GraphStage) => CodeRecord
  /** The files that its code was made from. */
  readonly files: (stage: GraphStage) => FileList
  /** Why the stage's results cannot be kept for a later run; empty if they can. */
  readonly uncacheable: (stage: GraphStage) => ReadonlyArray<string>
  /** What the reader should know about how its code is compared; mostly nothing. */
  readonly remarks: (stage: GraphStage) => ReadonlyArray<string>
  /** What the stage's process may reach. */
  readonly rights: (stage: GraphStage) => Rights
  /** Of the packages that it imports, what they would reach outside and may not. */
  readonly confinements: (stage: GraphStage) => ReadonlyArray<string>
  /** A file that the pipeline names by `file(…)`. */
  readonly outside: (name: string) => OutsideFile
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
  const declarations = [...new Set(graph.stages.map(({ declaration }) => declaration))]
  const codes = new Map<string, CodeRecord>()
  const modules = new Map<Declaration, string>()
  for (const declaration of declarations) modules.set(declaration, yield* moduleOf(declaration))

  const compileOne = (module: string, stage: string) =>
    Effect.tryPromise({
      try: async () => {
        codes.set(module, await knownCode({ settings, recipe, module, look }))
      },
      catch: (error) =>
        new StageDoesNotCompile({
          stage,
          message: `stage ${stage}: ${error instanceof CompileError ? withoutRun(error.message, module) : `${module}: ${String(error)}`}`,
        }),
    })
  const unique = new Map([...modules].map(([declaration, module]) => [module, declaration.name]))
  yield* Effect.forEach(unique, ([module, stage]) => compileOne(module, stage), { concurrency: 4, discard: true })

  const outside = new Map<string, OutsideFile>()
  const named = new Set(
    graph.stages.flatMap(({ inputs }) =>
      inputs.flatMap(({ sources }) => sources.flatMap(({ from }) => (from.kind === "file" ? from.file : []))),
    ),
  )
  for (const name of named) outside.set(name, yield* readOutside(name, settings, look.digests))

  const facts = new Map(
    declarations.map((declaration) => {
      const code = codes.get(modules.get(declaration) ?? "") as CodeRecord
      const packages = packagesOf(code, settings.projectRoot, closureOf)
      const sources = code.hazards.computedNames ? projectSources(settings.projectRoot, look.digests) : []
      const parts: StaticParts = {
        code: declaration.version === undefined ? codeValue(code, settings, sources) : { version: declaration.version },
        packages: { ...Object.fromEntries(code.absent.map((name) => [name, "not installed"])), ...identitiesOf(packages, look.packages) },
        engine: declaration.engine ? engine : null,
      }
      const rights = rightsOf({ declaration, code, packages, sources, treeOf: look.packages, settings })
      return [declaration, { code, parts, rights, confinements: confinementsOf(packages, look.packages, rights) }] as const
    }),
  )
  const factsOf = ({ declaration }: GraphStage) => facts.get(declaration) as NonNullable<ReturnType<(typeof facts)["get"]>>
  const code = (stage: GraphStage) => factsOf(stage).code
  const files = new Map<string, FileList>()
  const graphCode: GraphCode = {
    parts: (stage) => factsOf(stage).parts,
    code,
    files: (stage) => {
      const { module, gate } = code(stage)
      const known = files.get(module)
      if (known !== undefined) return known
      const list = namedFiles(gate.closure, module, settings.assayRoot)
      const found = { digest: filesAsTheyAre(list), list }
      files.set(module, found)
      return found
    },
    uncacheable: (stage) => uncacheableReasons(stage.declaration, code(stage).hazards, factsOf(stage).rights),
    remarks: (stage) =>
      stage.declaration.version === undefined
        ? code(stage).hazards.opaque.map((reason) => `${reason}, so any edit of its files counts as a change of its code`)
        : [],
    rights: (stage) => factsOf(stage).rights,
    confinements: (stage) => factsOf(stage).confinements,
    outside: (name) => outside.get(name) as OutsideFile,
  }
  return graphCode
})

/**
 * The compiler's words for a module that exports no `run` name a line that only Assay has written.
 */
const withoutRun = (message: string, module: string): string =>
  /No matching export in ".*" for import "run"/.test(message)
    ? `${module} does not export "run": write \`export const run: Run<typeof …> = async ({ inputs, parameters, outputs }) => …\``
    : message

/**
 * The digest of the reachable code; of all of its files as they are where it makes or loads code in
 * ways that cannot be followed.
 */
const codeValue = ({ digest, gate, module, hazards }: CodeRecord, { assayRoot }: SettingsShape, sources: Closure): Json => {
  if (hazards.opaque.length === 0) return digest
  const unique = [...new Map([...gate.closure, ...sources].map((file) => [file.path, file])).values()]
  return { files: filesAsTheyAre(namedFiles(unique, module, assayRoot)) }
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
 * The absolute path of a stage's implementation: what `import("./train.ts")` has become in a loaded
 * pipeline.
 */
const moduleOf = (declaration: Declaration): Effect.Effect<string, StageDoesNotCompile> =>
  Effect.tryPromise({
    try: async () => {
      const { module } = (await declaration.run()) as { readonly module?: unknown }
      if (typeof module !== "string") throw new Error('write `run: () => import("./file.ts")`, with the name of a file of your own')
      return module
    },
    catch: (error) =>
      new StageDoesNotCompile({
        stage: declaration.name,
        message: `stage ${declaration.name}: its implementation is not named by a lazy import: ${error instanceof Error ? error.message : String(error)}`,
      }),
  })
