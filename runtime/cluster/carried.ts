import * as fs from "node:fs"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { gunzipSync } from "node:zlib"
import { Effect } from "effect"
import type { Declaration } from "../../dsl/declaration.ts"
import type { Graph, GraphStage } from "../../dsl/graph.ts"
import { keepBundle } from "../bundle/cache.ts"
import { sha256 } from "../disk/sha256.ts"
import { textOf } from "../disk/text.ts"
import { SubmissionMissing } from "../error.ts"
import type { RunCode } from "../fingerprint/graph-code.ts"
import type { OutsideFile } from "../fingerprint/outside-file.ts"
import type { StageProgram } from "../fingerprint/program.ts"
import { Settings, type SettingsShape } from "../settings.ts"
import { type Layout, layout } from "../store/layout.ts"
import { SharedFiles } from "../store/remote/shared-files.ts"
import { fileSha256 } from "../store/results/verify.ts"
import { placeMark } from "./carry.ts"
import { fileAt } from "./place.ts"
import { type CarriedCode, type Submission, submissionDigest } from "./submission.ts"

/** A submission as a machine sees it that has not got its source. */
export interface Carried {
  readonly submission: Submission
  readonly graph: Graph
  readonly code: RunCode
}

/** Reads a submission from the store. What it says of code holds without the code being here. */
export const readCarried = Effect.fn("readCarried")(function* (digest: string) {
  const settings = yield* Settings
  const places = layout(settings.store)
  const file = yield* brought(places, places.submission(digest), `submission ${digest.slice(0, 12)}`)
  const submission = yield* Effect.try({
    try: () => parsed(file, digest),
    catch: () => new SubmissionMissing({ path: file, message: `${file} is damaged: submit the run again` }),
  })
  const graph = graphOf(submission)
  const codeOf = codesBy(submission, graph)
  const code: RunCode = {
    parts: (stage) => codeOf(stage).parts,
    codeDigest: (stage) => codeOf(stage).codeDigest,
    bundles: () => {
      throw new Error("the bundles of a submission are only known where they were fetched")
    },
    files: (stage) => codeOf(stage).files,
    uncacheable: (stage) => codeOf(stage).uncacheable,
    remarks: (stage) => codeOf(stage).remarks,
    rights: (stage) => localRights(codeOf(stage), settings),
    services: (stage) => localServices(codeOf(stage), places),
    recorded: (stage) => codeOf(stage).recorded,
    command: (stage) => {
      const { command } = codeOf(stage)
      return command === null ? null : localProgram(command, places)
    },
    outside: (name) => outsideFile(submission, name, places),
  }
  return { submission, graph, code } satisfies Carried
})

/**
 * The same code with the bundles of a stage, and the files from outside that it reads: fetched,
 * verified, and made to find the packages that are installed here.
 */
export const fetchCode = Effect.fn("fetchCode")(function* ({ submission, graph, code }: Carried, stage: GraphStage) {
  const settings = yield* Settings
  const places = layout(settings.store)
  const { bundle, plugins, command, services } = codesBy(submission, graph)(stage)
  const fetched = new Map<string, string>()
  const programs = [command, ...Object.values(services.connections).map(({ program }) => program)]
  for (const { name, sha256: object } of programs.flatMap((program) => program?.files ?? [])) {
    const file = yield* brought(places, places.object(object), `${name} of the program of ${stage.id}`)
    yield* intact(file, object)
  }
  for (const name of new Set([bundle, ...Object.values(plugins)])) fetched.set(name, yield* fetchBundle(name, places, settings))
  for (const { from } of stage.inputs.flatMap(({ sources }) => sources)) {
    if (from.kind !== "file") continue
    for (const { object, name } of submission.outside[from.file]?.files ?? []) {
      yield* intact(yield* brought(places, places.object(object), `${name} of file("${from.file}")`), object)
    }
  }
  const localOf = (name: string): string => fetched.get(name) as string
  const bundles = {
    bundle: localOf(bundle),
    plugins: Object.fromEntries(Object.entries(plugins).map(([place, name]) => [place, localOf(name)])),
  }
  return { ...code, bundles: () => bundles } satisfies RunCode
})

/** The path of a file of the store once it is on this machine. */
const brought = Effect.fnUntraced(function* (places: Layout, file: string, what: string) {
  const isThere = fs.existsSync(file) || (yield* (yield* SharedFiles).fetch(path.relative(places.root, file)))
  if (!isThere) return yield* new SubmissionMissing({ path: file, message: `${what} is not in the store: submit the run again` })
  return file
})

/** Fails where an object is not what its name says. */
const intact = Effect.fnUntraced(function* (file: string, object: string) {
  if ((yield* Effect.promise(() => fileSha256(file))) !== object)
    return yield* new SubmissionMissing({ path: file, message: `${file} is damaged: submit the run again` })
})

const parsed = (file: string, digest: string): Submission => {
  const text = gunzipSync(fs.readFileSync(file)).toString()
  if (submissionDigest(text) !== digest) throw new Error("its digest differs")
  return JSON.parse(text) as Submission
}

const fetchBundle = Effect.fnUntraced(function* (name: string, places: Layout, settings: SettingsShape) {
  const file = yield* brought(places, places.carriedBundle(name), `bundle ${name.slice(0, 12)}`)
  const map = yield* brought(places, places.carriedMap(name), `the source map of bundle ${name.slice(0, 12)}`)
  const text = textOf(file) ?? ""
  if (sha256("content", text) !== name)
    return yield* new SubmissionMissing({ path: file, message: `${file} is damaged: submit the run again` })
  return keepBundle(settings.cache, withAddresses(text, settings), textOf(map) ?? "{}")
})

/** The bundle as it runs here: every package by the address of its file. */
const withAddresses = (text: string, settings: SettingsShape): string =>
  text.replace(new RegExp(`"${placeMark}((?:assay|project):[^"]*)"`, "g"), (_, place: string) =>
    JSON.stringify(pathToFileURL(fs.realpathSync(fileAt(decodeURIComponent(place), settings))).href),
  )

const graphOf = ({ pipeline, declarations, stages, results }: Submission): Graph => {
  const made = declarations.map((declaration): Declaration => ({ ...declaration, parameters: {}, plugins: {}, ...unknownHere }))
  return {
    name: pipeline,
    stages: stages.map(({ declaration, code: _, requirement: __, ...stage }) => ({
      ...stage,
      declaration: made[declaration] as Declaration,
      plugins: [],
    })),
    results,
  }
}

const notHere = (): never => {
  throw new Error("the source of a submission is not on this machine")
}

/** What needs the source of a declaration. */
const unknownHere: Pick<Declaration, "readParameters" | "run"> = { readParameters: notHere, run: notHere }

const codesBy = ({ codes, stages }: Submission, graph: Graph): ((stage: GraphStage) => CarriedCode) => {
  const byId = new Map(graph.stages.map(({ id }, index) => [id, codes[stages[index]?.code ?? -1] as CarriedCode]))
  return ({ id }) => byId.get(id) as CarriedCode
}

const localRights = ({ rights }: CarriedCode, settings: SettingsShape): CarriedCode["rights"] => ({
  ...rights,
  read: rights.read.map((place) => {
    const file = fileAt(place, settings)
    return fs.existsSync(file) ? fs.realpathSync(file) : file
  }),
})

/** A program whose files are objects here. */
const localProgram = <P extends Pick<StageProgram, "files">>(program: P, places: Layout): P => ({
  ...program,
  files: program.files.map((file) => ({ ...file, path: places.object(file.sha256) })),
})

const localServices = ({ services: { scopes, connections } }: CarriedCode, places: Layout): CarriedCode["services"] => ({
  scopes,
  connections: Object.fromEntries(
    Object.entries(connections).map(([place, { program, ...rest }]) => [
      place,
      { ...rest, program: program === null ? null : localProgram(program, places) },
    ]),
  ),
})

const outsideFile = ({ outside }: Submission, name: string, places: Layout): OutsideFile => {
  const carried = outside[name]
  if (carried === undefined) throw new Error(`file("${name}") is not part of the submission`)
  const files = carried.files.map((file) => ({ name: file.name, path: places.object(file.object) }))
  return {
    path: files[0]?.path ?? "",
    files,
    isFolder: carried.isFolder,
    digest: carried.digest,
    // Objects are named by their content.
    isUnchanged: async () => true,
  }
}
