import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect, Layer, Schema } from "effect"
import { afterAll, expect, test } from "vitest"
import { anyNumber, files, plugin, pluginParameter, stage } from "../../dsl/index.ts"
import { pipeline } from "../../dsl/pipeline.ts"
import { withDefault } from "../../learning/parameter.ts"
import { Connections } from "../../runtime/connect/connections.ts"
import { processPool } from "../../runtime/execute/executor/pool.ts"
import { Events, Journals, type LoadedPipeline, type RunSummary, run, Settings, storeLayer } from "../../runtime/index.ts"
import { type Kind, kinds } from "./matrix/kinds.ts"
import { numbers, world } from "./matrix/world.ts"

/**
 * Random graphs of a user's stages, random faults of many kinds, several in a row: a run that knows
 * what it computed before, on one thread or two, also where one of its results is gone, comes to
 * what a run from nothing comes to; and a key has one result. `ASSAY_MATRIX_SEED` runs one case
 * again; `ASSAY_MATRIX_CASES` as many as it says.
 */
const assayRoot = path.resolve(import.meta.dirname, "../..")
const cases = Number(process.env.ASSAY_MATRIX_CASES ?? 60)
const only = process.env.ASSAY_MATRIX_SEED

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-matrix-")))
const environment = { ...process.env }
process.env.ASSAY_MATRIX_CACHE = path.join(folder, "warm-cache")
afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true })
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
  Object.assign(process.env, environment)
})

const Out = files("out")

/**
 * Stages that read the stages before them and what the helper computes: the first of three by its
 * own code, the second by a plugin that it is passed and that its output carries on, the third by a
 * module of its own.
 */
const graphOf = (root: string, count: number, draw: (below: number) => number): LoadedPipeline => {
  const part = plugin({ kind: "part", name: "part", parameters: {}, run: async () => ({ module: path.join(root, "part.ts") }) })
  const declarations = [0, 1, 2].map((module) =>
    stage({
      name: `s${module}`,
      inputs: { before: anyNumber(Out) },
      parameters: { n: Schema.Int, ...(module === 1 ? { part: withDefault(pluginParameter("part"), part()) } : {}) },
      outputs: { out: Out },
      ...(module === 1 ? { plugins: { out: { plugin: part.declaration } } } : {}),
      run: async () => ({ module: path.join(root, `s${module}.ts`) }),
    }),
  )
  const graph = pipeline("matrix", () => {
    const made: Array<ReturnType<(typeof declarations)[number]>> = []
    for (let n = 0; n < count; n++) {
      const declare = declarations[n % 3] as (typeof declarations)[number]
      const before = Object.fromEntries(made.flatMap((each, index) => (draw(3) === 0 ? [[`i${index}`, each]] : [])))
      made.push(declare({ before, n }) as never)
    }
    return Object.fromEntries(made.map((each, index) => [`stage${index}`, each]))
  })
  return { path: path.join(root, "pipeline.ts"), graph: graph.graph }
}

const moduleText = (salt: string): string => `
${salt === "1" ? "" : 'import { own } from "./helper.ts"'}
export const run = async ({ inputs, parameters, outputs, plugin }) => {
  ${salt === "1" ? 'const own = await plugin("part")' : ""}
  const before = []
  for (const { input } of inputs.before) {
    const carried = await input.plugin().then((own) => own(1, outputs), () => "no plugin")
    before.push(Buffer.from(await input.read("out.txt")).toString("utf8").length, String(carried))
  }
  await outputs.out.write("out.txt", JSON.stringify(["${salt}", parameters.n, before, String(await own(parameters.n, outputs))]))
}
`

interface Where {
  readonly store: string
  readonly cache: string
  readonly threads: number
}

const runIn = (loaded: LoadedPipeline, root: string, { store, cache, threads }: Where): Promise<RunSummary> => {
  const settings = Settings.layer({
    assayRoot,
    workingDirectory: root,
    environment: { ASSAY_STORE: store, ASSAY_CACHE: cache, ASSAY_THREADS: String(threads) },
  })
  const services = Layer.mergeAll(Layer.provideMerge(Journals.layer, storeLayer), processPool, Connections.layer, Events.layer).pipe(
    Layer.provideMerge(settings),
  )
  return Effect.runPromise(Effect.provide(run(loaded), services))
}

/** By stage, its bytes or how it failed; and every key with its bytes. */
const outcomesOf = (store: string, { stages, failures }: RunSummary) => {
  const byKey = new Map<string, string>()
  const byStage = stages.map(({ id, key }) => {
    const failed = failures.find((failure) => failure.id === id)
    if (key === null) return `${id} ${failed?.tag ?? "skipped"}`
    const { manifest } = JSON.parse(fs.readFileSync(path.join(store, "results", key.slice(0, 2), `${key}.json`), "utf8"))
    byKey.set(key, manifest.outputs.out.digest)
    return `${id} ${manifest.outputs.out.digest}`
  })
  return { byKey, byStage }
}

/** Deletes one result of a store, as a collection would. */
const deleteOne = (store: string, draw: (below: number) => number): void => {
  const results = path.join(store, "results")
  const names = fs.existsSync(results)
    ? fs
        .readdirSync(results, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".json"))
        .sort()
    : []
  const chosen = names[draw(Math.max(1, names.length))]
  if (chosen !== undefined) fs.rmSync(path.join(results, chosen))
}

const warmCache = path.join(folder, "warm-cache")
const coldCache = path.join(folder, "cold-cache")

/** Takes from the cold cache what it remembers of files of this case. */
const forgetWorld = (root: string): void => {
  fs.rmSync(path.join(coldCache, "digests.json"), { force: true })
  const packages = path.join(coldCache, "packages")
  for (const name of fs.existsSync(packages) ? fs.readdirSync(packages) : [])
    if (fs.readFileSync(path.join(packages, name), "utf8").includes(root)) fs.rmSync(path.join(packages, name))
}

/** What did not hold in a case, a sentence each. */
const faultsOf = async (seed: number, kind: Kind): Promise<ReadonlyArray<string>> => {
  const draw = numbers(seed)
  const root = path.join(folder, `case-${seed}`)
  const project = world(root)
  project.write("package.json", "{}")
  kind.begin(project)
  const helper = fs.readFileSync(path.join(root, "helper.ts"), "utf8")
  project.write("helper.ts", helper.replace("SECRET", path.join(root, "secret.txt")))
  for (const module of [0, 1, 2]) project.write(`s${module}.ts`, moduleText(String(module)))
  project.write("part.ts", 'import { own } from "./helper.ts"\nexport const run = own\n')
  const loaded = graphOf(root, 2 + draw(2), draw)
  const store = path.join(root, ".assay")
  const known = new Map<string, string>()
  const faults: Array<string> = []
  const edits = 1 + draw(3)
  for (let round = 0; round <= edits; round++) {
    if (round > 0) (kind.edits[draw(kind.edits.length)] as Kind["edits"][number])(project, draw)
    if (kind.settles === true && round === 0) await new Promise((resolve) => setTimeout(resolve, 2_100))
    if (round > 0 && draw(2) === 0) deleteOne(store, draw)
    const warm = outcomesOf(store, await runIn(loaded, root, { store, cache: warmCache, threads: 1 + draw(2) }))
    const fresh = path.join(root, `.cold-${round}`)
    forgetWorld(root)
    const cold = outcomesOf(fresh, await runIn(loaded, root, { store: fresh, cache: coldCache, threads: 1 + draw(2) }))
    fs.rmSync(fresh, { recursive: true, force: true })
    if (JSON.stringify(warm.byStage) !== JSON.stringify(cold.byStage)) faults.push(`round ${round}: warm is not cold`)
    for (const [key, digest] of [...warm.byKey, ...cold.byKey]) {
      if ((known.get(key) ?? digest) !== digest) faults.push(`round ${round}: ${key.slice(0, 8)} has two results`)
      known.set(key, digest)
    }
  }
  fs.rmSync(root, { recursive: true, force: true })
  return faults
}

test("warm equals cold, and a key has one result, whatever was edited between two runs", { timeout: 1_500_000 }, async () => {
  const seeds = only === undefined ? Array.from({ length: cases }, (_, index) => index + 1) : [Number(only)]
  const failed: Array<string> = []
  for (const seed of seeds) {
    const kind = kinds[seed % kinds.length] as Kind
    const faults = await faultsOf(seed, kind).catch((error: unknown) => [String(error)])
    if (faults.length > 0) failed.push(`seed ${seed}, ${kind.name}: ${faults.join("; ")}`)
  }
  console.log(`fault matrix: ${seeds.length} cases of ${kinds.length} kinds, seeds ${seeds[0]} to ${seeds.at(-1)}, ${failed.length} failed`)
  expect(failed).toEqual([])
})
