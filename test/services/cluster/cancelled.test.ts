import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Cluster, ofType, openCluster, until } from "../support/cluster.ts"
import { type Postgres, postgresPrograms, query, startPostgres } from "../support/postgres.ts"
import { type Ear, layersOf, openEar, stageFiles } from "../support/stages.ts"

describe.skipIf(postgresPrograms === null)("a run that is cancelled", () => {
  let postgres: Postgres
  let database: string
  let ear: Ear
  let cluster: Cluster
  beforeAll(async () => {
    postgres = await startPostgres()
    database = await postgres.newDatabase()
    ear = await openEar()
    cluster = openCluster(database, { ...stageFiles(ear), "pipeline.ts": layersOf(3, 1, "20000") })
  })
  afterAll(async () => {
    await cluster?.stop()
    ear?.close()
    await postgres?.stop()
  })

  test("begins none of its stages any more, and ends the command that watches it as interrupted", async () => {
    const worker = await cluster.worker()
    const run = cluster.run()
    expect(await until(() => ofType(run.events(), "stage.started").length === 1, 60)).toBe(true)
    const [{ run: id } = { run: "" }] = ofType(run.events(), "run.started")
    const cancelled = await cluster.assay(["cancel", id])
    expect([cancelled.code, cancelled.stdout]).toEqual([0, expect.stringContaining(`${id} has ended`)])

    const { code, stderr } = await run.ended
    expect([code, stderr]).toEqual([130, expect.stringContaining(`${id} was cancelled; what had been computed is cached`)])
    expect(await until(async () => (await query(database, "SELECT 1 FROM assay_queue")).length === 0, 90)).toBe(true)
    expect(ear.signs.filter(({ type }) => type === "began")).toHaveLength(1)
    expect(worker.stderr()).toMatch(/^start {4}n\d {2}of \S+$/m)
    await cluster.stop()
  })

  test("needs no worker for it", async () => {
    const run = cluster.run()
    expect(await until(() => run.stderr().includes("no worker answers"), 120)).toBe(true)
    const [{ id } = { id: "" }] = (await query(database, "SELECT element::json -> 'head' ->> 'run' AS id FROM assay_queue")) as [
      { readonly id: string },
    ]
    const { code, stdout } = await cluster.assay(["cancel", id])
    expect([code, stdout]).toEqual([0, expect.stringContaining(`${id} has ended`)])
    expect((await run.ended).code).toBe(130)
    const [newest] = JSON.parse((await cluster.assay(["runs", "--json"])).stdout)
    expect(newest).toMatchObject({ run: id, outcome: "interrupted", stages: { total: 3 } })
    expect(await query(database, "SELECT 1 FROM assay_queue")).toEqual([])
  })
})
