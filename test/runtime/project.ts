import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect, Layer } from "effect"
import { afterAll } from "vitest"
import { Connections } from "../../runtime/connect/connections.ts"
import { inProcess } from "../../runtime/execute/executor/in-process.ts"
import { processPool } from "../../runtime/execute/executor/pool.ts"
import {
  type CheckedPlan,
  Events,
  Journals,
  loadPipeline,
  plan,
  Results,
  type RunEvent,
  type RunSummary,
  rendered,
  run,
  Settings,
  type Store,
  storeLayer,
} from "../../runtime/index.ts"
import { renderedBy } from "../../runtime/observe/render.ts"

export const assayRoot = path.resolve(import.meta.dirname, "../..")

/** What a test can do in a project. */
export type Services = Settings | Store | Journals | Events | Connections | Layer.Success<typeof processPool>

/**
 * A user's project in a folder of its own, far from Assay's: nothing is found in it that is not put
 * there.
 */
export interface Project {
  readonly root: string
  readonly store: string
  readonly cache: string
  readonly write: (file: string, text: string) => void
  /** Replaces the one place where `from` stands, and returns what undoes it. */
  readonly edit: (file: string, from: string, to: string) => () => void
  readonly provided: <A, E>(effect: Effect.Effect<A, E, Services>) => Promise<A>
  readonly run: (file?: string) => Promise<RunSummary>
  readonly plan: (file?: string) => Promise<CheckedPlan>
}

interface Options {
  /** Child processes; otherwise the tests' own process computes, which is quicker. */
  readonly pool?: boolean
  readonly environment?: Readonly<Record<string, string>>
}

const made: Array<string> = []
afterAll(() => {
  for (const root of made) fs.rmSync(root, { recursive: true, force: true })
})

/** A project with these files. */
export const project = (files: Readonly<Record<string, string>>, options: Options = {}): Project => {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-project-")))
  made.push(root)
  const at = (file: string) => path.join(root, file)
  const write = (file: string, text: string): void => {
    fs.mkdirSync(path.dirname(at(file)), { recursive: true })
    fs.writeFileSync(at(file), text)
  }
  write("package.json", "{}")
  for (const [file, text] of Object.entries(files)) write(file, text)
  const environment: Readonly<Record<string, string>> = {
    // Shared: to bundle what every project needs takes longer than most tests.
    ASSAY_CACHE: path.join(assayRoot, "node_modules", ".cache", "assay-tests"),
    ASSAY_THREADS: "2",
    ...options.environment,
  }
  const settings = Settings.layer({ assayRoot, workingDirectory: root, environment })
  const services = () =>
    Layer.mergeAll(
      Layer.provideMerge(Journals.layer, storeLayer),
      options.pool ? processPool : inProcess,
      Connections.layer,
      Events.layer,
    ).pipe(Layer.provideMerge(settings))
  const provided = <A, E>(effect: Effect.Effect<A, E, Services>): Promise<A> => Effect.runPromise(Effect.provide(effect, services()))
  return {
    root,
    store: path.resolve(root, environment.ASSAY_STORE ?? ".assay"),
    cache: environment.ASSAY_CACHE ?? "",
    write,
    edit: (file, from, to) => {
      const before = fs.readFileSync(at(file), "utf8")
      if (before.split(from).length !== 2) throw new Error(`${file} does not hold "${from}" just once`)
      fs.writeFileSync(at(file), before.replace(from, to))
      return () => fs.writeFileSync(at(file), before)
    },
    provided,
    run: (file = "pipeline.ts") => provided(Effect.flatMap(loadPipeline(at(file)), run)),
    plan: (file = "pipeline.ts") => provided(Effect.flatMap(loadPipeline(at(file)), plan)),
  }
}

/** The toy pipeline of the fixtures, and the package that one of its stages imports. */
export const toyProject = (options?: Options): Project => {
  const folder = path.join(import.meta.dirname, "fixtures", "toy")
  const names = fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => fs.statSync(path.join(folder, name)).isFile())
  const files = Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]))
  return project(
    {
      ...files,
      "node_modules/.package-lock.json": JSON.stringify({
        packages: { "node_modules/toy-package": { version: "1.0.0", integrity: "sha512-as-published" } },
      }),
      "node_modules/toy-package/package.json": JSON.stringify({
        name: "toy-package",
        version: "1.0.0",
        main: "index.js",
        sideEffects: false,
        dependencies: { "toy-base": "1" },
      }),
      "node_modules/toy-package/index.js": "exports.round = (value, digits) => Number(value.toFixed(digits))\n",
      "node_modules/toy-base/package.json": JSON.stringify({ name: "toy-base", version: "1.0.0" }),
    },
    options,
  )
}

/** The events of an effect, in order. */
export const recorded = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<readonly [A, ReadonlyArray<RunEvent>], E, R | Events> => {
  const events: Array<RunEvent> = []
  const renderer = { show: (event: RunEvent) => void events.push(event), tick: () => {}, end: () => {} }
  return Effect.map(renderedBy(() => renderer)(effect), (value) => [value, events] as const)
}

/** The logical digest of every output of a run, by stage id and name. */
export const digestsOf = (project: Project, summary: RunSummary): Promise<Readonly<Record<string, string>>> =>
  project.provided(
    Effect.gen(function* () {
      const digests: Record<string, string> = {}
      for (const [id, { outputs }] of yield* (yield* Results).of(summary))
        for (const [output, { digest, files }] of Object.entries(outputs))
          digests[`${id}.${output}`] = [digest, ...files.map(({ object }) => object)].join(" ")
      return digests
    }),
  )

export { rendered }
