import * as fs from "node:fs"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { gzipSync } from "node:zlib"
import { Effect } from "effect"
import type { Declaration } from "../../dsl/declaration.ts"
import type { Graph, GraphStage } from "../../dsl/graph.ts"
import manifest from "../../package.json" with { type: "json" }
import type { Gate } from "../bundle/gate.ts"
import { lookAround } from "../bundle/gated.ts"
import { makeFolder } from "../disk/folder.ts"
import { sha256 } from "../disk/sha256.ts"
import { writeAtomically } from "../disk/write.ts"
import { CannotTravel } from "../error.ts"
import type { GraphCode } from "../fingerprint/graph-code.ts"
import type { OutsideFile } from "../fingerprint/outside-file.ts"
import type { Package } from "../fingerprint/packages.ts"
import type { ProgramFile, StageProgram } from "../fingerprint/program.ts"
import type { PlacedConnection, StageServices } from "../fingerprint/stage-facts.ts"
import { Settings, type SettingsShape } from "../settings.ts"
import { layout } from "../store/layout.ts"
import { SharedFiles } from "../store/remote/shared-files.ts"
import { fileSha256 } from "../store/results/verify.ts"
import { writing } from "../store/writing.ts"
import { placeOf } from "./place.ts"
import { type CarriedPackage, type Requirement, requirementDigest } from "./requirement.ts"
import { type CarriedCode, type CarriedDeclaration, type CarriedFile, type Submission, submissionDigest } from "./submission.ts"

/** What stands in a bundle that is carried for the address of a place. */
export const placeMark = "carried-place:"

/**
 * Puts into the store all that other machines need to compute a pipeline, and returns the digest
 * of the submission. `refresh` are ids of stages that are asked again. Fails with CannotTravel
 * where a stage needs what only this machine has.
 */
export const carry = Effect.fn("carry")(function* (graph: Graph, graphCode: GraphCode, refresh: ReadonlySet<string> = new Set()) {
  const settings = yield* Settings
  yield* checkStages(graph, graphCode, settings.projectRoot)
  const keep = yield* keeper
  const packages = packagesOf(graph, graphCode, settings)
  const bundles = new Map<string, string>()
  for (const gate of gatesOf(graph, graphCode))
    if (!bundles.has(gate.bundle)) bundles.set(gate.bundle, yield* keep.bundle(gate, portableBundle(gate, packages, settings)))
  const outside: Record<string, CarriedFile> = {}
  for (const name of outsideNames(graph)) outside[name] = yield* keep.outside(graphCode.outside(name))

  for (const stage of graph.stages) for (const file of programFiles(stage, graphCode)) yield* keep.object(file.path)

  const declarations = indexed<Declaration, CarriedDeclaration>(carriedDeclaration)
  const codes = indexed<GraphCode["parts"] extends (stage: GraphStage) => infer Parts ? Parts : never, CarriedCode>()
  const requirements = new Map<string, Requirement>()
  const stages = graph.stages.map(({ declaration, plugins: _, ...stage }, index) => {
    const original = graph.stages[index] as GraphStage
    const requirement = requirementOf(original, graphCode, packages)
    const digest = requirementDigest(requirement)
    requirements.set(digest, requirement)
    const code = codes.of(graphCode.parts(original), () => carriedCode(original, graphCode, bundles, settings))
    return { ...stage, declaration: declarations.of(declaration), code, requirement: digest }
  })
  for (const [digest, requirement] of requirements) yield* keep.requirement(digest, requirement)
  const submission: Submission = {
    format: 1,
    pipeline: graph.name,
    declarations: declarations.all,
    codes: codes.all,
    stages,
    results: graph.results,
    outside,
    ...(refresh.size === 0 ? {} : { refresh: [...refresh].sort() }),
  }
  return yield* keep.submission(submission)
})

/** Numbers what is alike. */
const indexed = <From extends object, To>(make?: (from: From) => To) => {
  const known = new Map<From, number>()
  const all: Array<To> = []
  return {
    all,
    of: (from: From, makeOne: () => To = () => (make as (from: From) => To)(from)): number => {
      const before = known.get(from)
      if (before !== undefined) return before
      known.set(from, all.length)
      return all.push(makeOne()) - 1
    },
  }
}

const carriedDeclaration = (declaration: Declaration): CarriedDeclaration => {
  const { name, version, inputs, outputs, threads, memory, gpus, labels, retries, engine, reads, readsAs, recorded, timeLimitMinutes } =
    declaration
  const optional = {
    ...(version === undefined ? {} : { version }),
    ...(readsAs === undefined ? {} : { readsAs }),
    ...(recorded ? { recorded } : {}),
    ...(timeLimitMinutes === undefined ? {} : { timeLimitMinutes }),
    ...(declaration.command === undefined ? {} : { command: declaration.command }),
  }
  return { name, ...optional, inputs, outputs, threads, memory, gpus, labels, retries, engine, reads }
}

const carriedCode = (
  stage: GraphStage,
  graphCode: GraphCode,
  bundles: ReadonlyMap<string, string>,
  settings: SettingsShape,
): CarriedCode => {
  const { bundle, plugins } = graphCode.bundles(stage)
  const nameOf = (file: string): string => bundles.get(file) as string
  const rights = graphCode.rights(stage)
  const command = graphCode.command(stage)
  return {
    parts: graphCode.parts(stage),
    codeDigest: graphCode.codeDigest(stage),
    bundle: nameOf(bundle),
    plugins: Object.fromEntries(Object.entries(plugins).map(([place, file]) => [place, nameOf(file)])),
    files: graphCode.files(stage),
    uncacheable: graphCode.uncacheable(stage),
    remarks: graphCode.remarks(stage),
    services: carriedServices(graphCode.services(stage)),
    recorded: graphCode.recorded(stage),
    command: command === null ? null : carriedProgram(command),
    rights: { ...rights, read: rights.read.map((file) => placeOf(file, settings)) },
  }
}

/** Of all programs of a stage. */
const programFiles = (stage: GraphStage, graphCode: GraphCode): ReadonlyArray<ProgramFile> =>
  [graphCode.command(stage), ...Object.values(graphCode.services(stage).connections).map(({ program }) => program)].flatMap(
    (program) => program?.files ?? [],
  )

/** Its files are objects of the store; those that only its environment names stay here. */
const carriedProgram = <P extends Pick<StageProgram, "files" | "environmentFiles">>(program: P): P => ({
  ...program,
  files: program.files.map((file) => ({ ...file, path: "" })),
  environmentFiles: [],
})

const carriedServices = ({ scopes, connections }: StageServices): StageServices => ({
  scopes,
  connections: Object.fromEntries(
    Object.entries(connections).map(([place, { program, ...rest }]) => [
      place,
      { ...rest, program: program === null ? null : { ...carriedProgram(program), isCarried: true } },
    ]),
  ),
})

const requirementOf = (stage: GraphStage, graphCode: GraphCode, packages: ReadonlyMap<string, CarriedPackage>): Requirement => {
  const { threads, memory, gpus, labels } = stage.declaration
  const wanted = graphCode.packages(stage).flatMap(({ folder }) => packages.get(folder) ?? [])
  const engine = graphCode.parts(stage).engine
  return { format: 1, assay: manifest.version, engine, packages: wanted, threads, memory, gpus, labels }
}

const packagesOf = (graph: Graph, graphCode: GraphCode, settings: SettingsShape): ReadonlyMap<string, CarriedPackage> => {
  const treeOf = lookAround(settings).packages
  const packages = new Map<string, CarriedPackage>()
  const carried = ({ folder, name, version }: Package): CarriedPackage => ({
    place: placeOf(folder, settings),
    name,
    version,
    digest: treeOf(folder).digest,
  })
  for (const stage of graph.stages)
    for (const each of graphCode.packages(stage)) if (!packages.has(each.folder)) packages.set(each.folder, carried(each))
  return packages
}

const gatesOf = (graph: Graph, graphCode: GraphCode): ReadonlyArray<Gate> =>
  graph.stages.flatMap((stage) => [graphCode.code(stage).gate, ...[...graphCode.plugins(stage).values()].map(({ gate }) => gate)])

/** The bundle with places instead of the addresses of packages, the longer ones first. */
const portableBundle = ({ bundle }: Gate, packages: ReadonlyMap<string, CarriedPackage>, settings: SettingsShape): string => {
  const folders = [...packages.keys(), settings.assayRoot].sort((a, b) => b.length - a.length)
  const text = fs.readFileSync(bundle, "utf8").replace(/\/\/# sourceMappingURL=.*\n?$/, "")
  return folders.reduce(
    (code, folder) => code.replaceAll(`"${pathToFileURL(folder).href}/`, `"${placeMark}${placeOf(folder, settings)}/`),
    text,
  )
}

const outsideNames = ({ stages }: Graph): ReadonlySet<string> =>
  new Set(
    stages.flatMap(({ inputs }) =>
      inputs.flatMap(({ sources }) => sources.flatMap(({ from }) => (from.kind === "file" ? [from.file] : []))),
    ),
  )

/** Fails where a stage would look for something on the worker's disk that only this one has. */
const checkStages = Effect.fnUntraced(function* ({ stages }: Graph, graphCode: GraphCode, projectRoot: string) {
  for (const stage of stages) {
    const file = graphCode.rights(stage).declared.find((read) => read.startsWith("file:"))
    const undeclared = Object.values(graphCode.services(stage).connections).flatMap((placed) => undeclaredFiles(placed, projectRoot))[0]
    const codes = [graphCode.code(stage), ...graphCode.plugins(stage).values()]
    const reason =
      file !== undefined
        ? `it declares that it reads ${file}, which other machines need not have: hand it over as an input, by file(…)`
        : codes.some(({ hazards }) => hazards.computedNames)
          ? "it imports files of the project by computed names, which cannot be sent along: import them by their names"
          : undeclared !== undefined
            ? `it asks a program that is given ${undeclared}, which would not be sent along: list it in the program's \`files\``
            : null
    if (reason !== null) return yield* new CannotTravel({ id: stage.id, message: `stage ${stage.id} cannot run on a cluster: ${reason}` })
  }
})

/** Files of the project that the arguments of a program name, and its declaration does not. */
const undeclaredFiles = ({ connection, program }: PlacedConnection, projectRoot: string): ReadonlyArray<string> => {
  if (connection.kind !== "program" || program === null) return []
  const declared = new Set(program.files.map(({ name }) => name))
  return connection.command.run
    .slice(1)
    .filter((argument) => !path.isAbsolute(argument) && !declared.has(path.posix.normalize(argument)))
    .filter((argument) => fs.statSync(path.resolve(projectRoot, argument), { throwIfNoEntry: false })?.isFile())
}

/** Puts files into the store and makes them visible to other machines. */
const keeper = Effect.gen(function* () {
  const { store } = yield* Settings
  const places = layout(store)
  const shared = yield* SharedFiles
  const share = (file: string) => shared.share(path.relative(store, file))
  const write = Effect.fnUntraced(function* (file: string, content: string | Uint8Array) {
    // Written again, it is young again for a collection.
    yield* writing(store, () => writeAtomically(file, content))
    yield* share(file)
  })
  const bundle = Effect.fnUntraced(function* (gate: Gate, text: string) {
    const name = sha256("content", text)
    const map = fs.existsSync(`${gate.bundle}.map`) ? fs.readFileSync(`${gate.bundle}.map`) : "{}"
    yield* write(places.carriedMap(name), map)
    yield* write(places.carriedBundle(name), text)
    return name
  })
  const object = Effect.fnUntraced(function* (file: string) {
    const name = yield* Effect.promise(() => fileSha256(file))
    yield* writing(store, () => copyInto(file, places.object(name)))
    yield* share(places.object(name))
    return name
  })
  const outside = Effect.fnUntraced(function* ({ isFolder, digest, files }: OutsideFile) {
    const stored: Array<CarriedFile["files"][number]> = []
    for (const { name, path: file } of files) stored.push({ name, object: yield* object(file), bytes: fs.statSync(file).size })
    return { isFolder, digest, files: stored } satisfies CarriedFile
  })
  return {
    bundle,
    object,
    outside,
    requirement: (digest: string, requirement: Requirement) => write(places.requirement(digest), JSON.stringify(requirement)),
    submission: Effect.fnUntraced(function* (submission: Submission) {
      const text = JSON.stringify(submission)
      const digest = submissionDigest(text)
      yield* write(places.submission(digest), gzipSync(text))
      return digest
    }),
  }
})

/** A reader of the store sees all of the copy or nothing. */
const copyInto = (file: string, object: string): void => {
  if (fs.existsSync(object)) return
  makeFolder(path.dirname(object))
  const draft = `${object}.${process.pid}.tmp`
  fs.copyFileSync(file, draft)
  fs.renameSync(draft, object)
}
