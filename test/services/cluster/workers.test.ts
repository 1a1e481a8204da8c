import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { type Cluster, type Command, ofType, openCluster, until } from "../support/cluster.ts"
import { type Postgres, postgresPrograms, query, startPostgres } from "../support/postgres.ts"
import { type Ear, layersOf, openEar, stageFiles } from "../support/stages.ts"

const demanding = `
import { pipeline } from "assay"
import { nap, onGpu, onLabel } from "./stages.ts"
export default pipeline("demanding", () => ({
  plain: nap({ n: 1, ms: 100, before: {} }),
  gpu: onGpu({ n: 2, ms: 100, before: {} }),
  label: onLabel({ n: 3, ms: 100, before: {} }),
}))`

const rounded = `
import { pipeline, files, stage } from "assay"
const round = stage({ name: "round", inputs: {}, parameters: {}, outputs: { out: files("out") }, run: () => import("./round.ts") })
export default pipeline("rounded", () => ({ round: round({}) }))`

const rounding = (version: string, digits: number) => ({
  "node_modules/rounding/package.json": JSON.stringify({ name: "rounding", version, main: "index.js", sideEffects: false }),
  "node_modules/rounding/index.js": `exports.round = (value) => value.toFixed(${digits})\n`,
})

interface Status {
  readonly worker: string
  readonly labels: ReadonlyArray<string>
  readonly gpus: number
  readonly refusals: ReadonlyArray<{ readonly reason: string }>
}

describe.skipIf(postgresPrograms === null)("workers", { timeout: 400_000 }, () => {
  let postgres: Postgres
  let ear: Ear
  let database: string
  let cluster: Cluster
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
    database = await postgres.newDatabase()
    cluster = openCluster(database, {
      ...stageFiles(ear),
      ...rounding("1.2.0", 1),
      "demanding.ts": demanding,
      "rounded.ts": rounded,
      "round.ts": 'import { round } from "rounding"\nexport const run = async ({ outputs }) => outputs.out.write("out.txt", round(1.25))\n',
      "pipeline.ts": layersOf(4, 4, "1000"),
    })
  })
  afterEach(() => cluster.stop())

  const statuses = async (): Promise<ReadonlyArray<Status>> => JSON.parse((await cluster.assay(["workers", "--json"])).stdout)
  const machines = (run: Command) => Object.fromEntries(ofType(run.events(), "stage.started").map(({ id, machine }) => [id, machine]))

  test("with labels and GPUs get the stages that declare them, which wait for them", async () => {
    const plain = await cluster.worker({ environment: { ASSAY_GPUS: "0" } })
    const run = cluster.run("demanding.ts")
    expect(await until(() => ofType(run.events(), "stage.finished").length === 1, 60)).toBe(true)
    await sleep(2000)
    expect(machines(run)).toEqual({ plain: plain.name })
    expect(await until(() => /labelled fast-disk/.test(plain.stderr()) && /0 GPUs/.test(plain.stderr()), 10)).toBe(true)
    const gpu = await cluster.worker({ environment: { ASSAY_GPUS: "1" } })
    const label = await cluster.worker({ args: ["--label", "fast-disk"], environment: { ASSAY_GPUS: "0" } })
    expect((await run.ended).code).toBe(0)
    expect(machines(run)).toEqual({ plain: plain.name, gpu: gpu.name, label: label.name })
    const there = await statuses()
    expect(there).toHaveLength(3)
    expect(there.find(({ worker }) => worker === label.name)).toMatchObject({ labels: ["fast-disk"], gpus: 0 })
    expect(there.find(({ worker }) => worker === gpu.name)).toMatchObject({ labels: [], gpus: 1 })
  })

  test("with another package refuse, say why, and leave the stages to others", async () => {
    const reasons = {
      "it has rounding 1.1.0, and 1.2.0 is wanted": await cluster.worker({ files: rounding("1.1.0", 1) }),
      "its rounding 1.2.0 holds other files than the one that is wanted": await cluster.worker({ files: rounding("1.2.0", 2) }),
      "it has no rounding, and 1.2.0 is wanted": await cluster.worker(),
    }
    const run = cluster.run("rounded.ts")
    for (const [reason, worker] of Object.entries(reasons))
      expect(await until(() => worker.stderr().includes(`leaves some stages to others: ${reason}`), 60), reason).toBe(true)
    const there = await statuses()
    for (const [reason, { name }] of Object.entries(reasons))
      expect(there.find(({ worker }) => worker === name)?.refusals.map((refusal) => refusal.reason)).toEqual([reason])
    const right = await cluster.worker({ files: rounding("1.2.0", 1) })
    expect((await run.ended).code).toBe(0)
    expect(machines(run)).toEqual({ round: right.name })
  })

  test("of another store on the same database take nothing, and are not called", async () => {
    const environment = { ASSAY_STORE: path.join(cluster.root, ".other") }
    const stranger = await cluster.worker({ environment })
    const run = cluster.run("rounded.ts")
    expect(await until(() => /no worker answers/.test(run.stderr()), 60)).toBe(true)
    await sleep(2000)
    expect(run.events()).toEqual([])
    expect(await statuses()).toEqual([])
    const ours = await cluster.worker({ files: rounding("1.2.0", 1) })
    expect((await run.ended).code).toBe(0)
    expect((await statuses()).map(({ worker }) => worker)).toEqual([ours.name])
    expect(stranger.stderr()).not.toContain("leaves some stages")
  })

  test("end with --until-idle when nothing has been left for a while", async () => {
    const run = cluster.run()
    expect(await until(() => /no worker answers/.test(run.stderr()), 60)).toBe(true)
    const worker = await cluster.worker({ args: ["--until-idle", "--idle-seconds", "3"] })
    expect((await run.ended).code).toBe(0)
    const [end, { code, stderr }] = [performance.now(), await worker.ended]
    expect(code).toBe(0)
    expect(stderr).toContain("nothing left to do")
    expect(performance.now() - end).toBeGreaterThan(1000)
    expect(await query(database, "SELECT 1 FROM assay_queue WHERE state = 'pending'")).toEqual([])
  })
})
