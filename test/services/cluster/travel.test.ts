import * as fs from "node:fs"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { filesUnder } from "../../slow/toy.ts"
import { type Cluster, openCluster } from "../support/cluster.ts"
import { type Postgres, postgresPrograms, query, startPostgres } from "../support/postgres.ts"
import { type Ear, layersOf, openEar, stageFiles } from "../support/stages.ts"

const lone = (options: string, file: string) => `
import { pipeline, files, stage } from "assay"
const lone = stage({ name: "lone", inputs: {}, parameters: {}, outputs: { out: files("out") }, ${options} run: () => import("./${file}") })
export default pipeline("lone", () => ({ lone: lone({}) }))`

const password = "hunter2-does-not-travel"

describe.skipIf(postgresPrograms === null)("what a run carries to workers", { timeout: 400_000 }, () => {
  let postgres: Postgres
  let database: string
  let ear: Ear
  let cluster: Cluster
  beforeAll(async () => {
    postgres = await startPostgres()
    database = await postgres.newDatabase({ password })
    ear = await openEar()
    cluster = openCluster(database, {
      ...stageFiles(ear),
      "pipeline.ts": layersOf(2, 2, "50"),
      "secret.txt": "of this machine",
      "read.ts":
        'import { readFileSync } from "node:fs"\nexport const run = async ({ outputs }) => outputs.out.write("out.txt", readFileSync("secret.txt"))\n',
      "reading.ts": lone('reads: ["file:secret.txt"],', "read.ts"),
      "parts/one.ts": "export const one = 1\n",
      "compute.ts":
        'export const run = async ({ outputs }) => {\n  const file = ["./parts/one.ts"][0]\n  const { one } = await import(file)\n  await outputs.out.write("out.txt", String(one))\n}\n',
      "computed.ts": lone("", "compute.ts"),
    })
  })
  afterAll(async () => {
    await cluster?.stop()
    ear?.close()
    await postgres?.stop()
  })

  test("is refused where a stage reads a file of this machine", async () => {
    const { code, stderr } = await cluster.assay(["run", "--cluster", "reading.ts"])
    expect(code).not.toBe(0)
    expect(stderr.replace(/\s+/g, " ")).toContain("stage lone cannot run on a cluster: it declares that it reads file:secret.txt")
    expect(await query(database, "SELECT 1 FROM assay_queue")).toEqual([])
  })

  test("is refused where a stage imports files of the project by computed names", async () => {
    const { code, stderr } = await cluster.assay(["run", "--cluster", "computed.ts"])
    expect(code).not.toBe(0)
    expect(stderr.replace(/\s+/g, " ")).toContain("stage lone cannot run on a cluster: it imports files of the project by computed names")
    expect(await query(database, "SELECT 1 FROM assay_queue")).toEqual([])
  })

  test("holds no password of the database, nor do logs, records, journals and the store", async () => {
    const worker = await cluster.worker()
    const run = cluster.run()
    expect((await run.ended).code).toBe(0)
    const there = await cluster.assay(["workers"])
    const wrong = database.replace(/:\d+\//, ":1/")
    const refused = await cluster.assay(["run", "--cluster", "pipeline.ts"], { ASSAY_DATABASE_URL: wrong })
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain("ASSAY_DATABASE_URL")
    await cluster.stop()
    const texts = [run, worker].flatMap((command) => [command.stdout(), command.stderr()])
    for (const { stdout, stderr } of [there, refused]) texts.push(stdout, stderr)
    for (const text of texts) expect(text).not.toContain(password)
    const files = filesUnder(cluster.store)
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) expect(fs.readFileSync(file).includes(password), file).toBe(false)
  })
})
