import * as fs from "node:fs"
import * as os from "node:os"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { filesUnder } from "../../slow/toy.ts"
import { type Cluster, type Command, ofType, openCluster, until, type Worker } from "../support/cluster.ts"
import { type Postgres, postgresPrograms, startPostgres } from "../support/postgres.ts"
import { type Ear, openEar, stageFiles } from "../support/stages.ts"

/**
 * Goals are for an idle machine. What is asserted allows for one that is as busy as it says, and
 * for as much again.
 */
const allowance = (): number => 2 * Math.max(1, (os.loadavg()[0] ?? 0) / os.availableParallelism())

const load = (): string => `load ${os.loadavg()[0]?.toFixed(1)} on ${os.availableParallelism()} cores`

const naps = (count: number, ms: number, first = 0): string => `
import { pipeline } from "assay"
import { nap } from "./stages.ts"
export default pipeline("naps", () =>
  Object.fromEntries(Array.from({ length: ${count} }, (_, n) => ["n" + n, nap({ n: n + ${first}, ms: ${ms}, before: {} })])))`

const subsets = (count: number, first: number): string => `
import { file, pipeline, sweep } from "assay"
import { importPreferences, subsetAtRandom } from "assay/stages"
export default pipeline("subsets", () => {
  const preferences = importPreferences({ file: file("pairs.jsonl"), format: "trl" })
  return sweep({ seed: Array.from({ length: ${count} }, (_, n) => n + ${first}) }, ({ seed }) => subsetAtRandom({ preferences, fraction: 0.5, seed }))
})`

const pairs = Array.from({ length: 20 }, (_, n) => JSON.stringify({ prompt: `question ${n}`, chosen: `yes ${n}`, rejected: `no ${n}` }))

const quantile = (values: ReadonlyArray<number>, q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? Number.NaN

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`

describe.skipIf(postgresPrograms === null)("on two workers with one slot each", { timeout: 580_000 }, () => {
  let postgres: Postgres
  let ear: Ear
  let cluster: Cluster
  let workers: Array<Worker>
  beforeAll(async () => {
    postgres = await startPostgres()
    ear = await openEar()
  })
  afterAll(async () => {
    ear?.close()
    await postgres?.stop()
  })
  beforeEach(async () => {
    ear.signs.length = 0
    cluster = openCluster(await postgres.newDatabase(), { ...stageFiles(ear), "pairs.jsonl": `${pairs.join("\n")}\n` })
    workers = [await cluster.worker(), await cluster.worker()]
  })
  afterEach(() => cluster.stop())

  /** What a pipeline takes from the first event of its run to the last, milliseconds. */
  const elapsed = async (text: string): Promise<{ readonly run: Command; readonly milliseconds: number }> => {
    cluster.write("pipeline.ts", text)
    const run = cluster.run()
    expect(await until(() => run.events().length > 0, 120)).toBe(true)
    const start = performance.now()
    expect((await run.ended).code).toBe(0)
    return { run, milliseconds: performance.now() - start }
  }

  /** Milliseconds of each stage after the first of its worker, besides those that it computed. */
  const overheads = (run: Command): ReadonlyArray<number> => {
    const machines = new Map(ofType(run.events(), "stage.started").map(({ key, machine }) => [key, machine]))
    const published = filesUnder(`${cluster.store}/results`)
      .map((file) => JSON.parse(fs.readFileSync(file, "utf8")).manifest)
      .map((manifest) => ({ machine: machines.get(manifest.key), at: Date.parse(manifest.created), ms: manifest.seconds * 1000 }))
      .sort((a, b) => a.at - b.at)
    return workers.flatMap(({ name }) => {
      const own = published.filter(({ machine }) => machine === name)
      return own.slice(1).map(({ at, ms }, index) => at - (own[index]?.at ?? at) - ms)
    })
  }

  test("stages of one second keep both busy: the goal is 90 % of what is possible", async () => {
    await elapsed(naps(2, 10, 5000))
    const { milliseconds } = await elapsed(naps(60, 1000))
    console.log(`60 stages of 1 s: ${seconds(milliseconds)}, ${((100 * 30_000) / milliseconds).toFixed(0)} % of ideal; ${load()}`)
    expect(milliseconds).toBeLessThan((allowance() * 30_000) / 0.9)
  })

  test("three hundred of Assay's own stages that do little: the goal is 12 s, and of overhead 100 ms each, 500 ms for one of a hundred", async () => {
    await elapsed(subsets(4, 90_000))
    const { run, milliseconds } = await elapsed(subsets(300, 0))
    const each = overheads(run)
    expect(each.length).toBeGreaterThan(270)
    const [median, worst] = [quantile(each, 0.5), quantile(each, 0.99)]
    console.log(`300 stages: ${seconds(milliseconds)}; overhead median ${median} ms, 99 % ${worst} ms; ${load()}`)
    const alone = performance.now()
    await cluster.local()
    console.log(`the same on this machine alone, with its start: ${seconds(performance.now() - alone)}`)
    expect(milliseconds).toBeLessThan(allowance() * 12_000)
    expect(median).toBeLessThan(allowance() * 100)
    expect(worst).toBeLessThan(allowance() * 500)
  })

  test("a stage whose worker is killed runs on the other: the goal is within 5 s", async () => {
    const delays: Array<number> = []
    for (let trial = 0; trial < 4; trial++) {
      ear.signs.length = 0
      cluster.write("pipeline.ts", naps(1, 7000 + trial))
      const run = cluster.run()
      expect(await until(() => ear.signs.length > 0 && ofType(run.events(), "stage.started").length > 0, 120)).toBe(true)
      const victim = workers.find(({ name }) => name === ofType(run.events(), "stage.started")[0]?.machine)
      const killed = performance.now()
      await victim?.kill()
      expect(await until(() => ear.signs.filter(({ type }) => type === "began").length === 2, 60)).toBe(true)
      delays.push((ear.signs.at(-1)?.at ?? Number.NaN) - killed)
      workers = [...workers.filter((worker) => worker !== victim), await cluster.worker()]
      expect((await run.ended).code).toBe(0)
    }
    console.log(`killed, and begun again after ${delays.map(seconds).join(", ")}; ${load()}`)
    expect(Math.max(...delays)).toBeLessThan(allowance() * 5000)
  })
})
