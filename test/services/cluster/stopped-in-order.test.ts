import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Cluster, ofType, openCluster, until } from "../support/cluster.ts"
import { type Postgres, postgresPrograms, startPostgres } from "../support/postgres.ts"
import { computations, type Ear, layersOf, openEar, stageFiles } from "../support/stages.ts"

/** Three stages that take long enough for a worker to be stopped in the first. */
const three = layersOf(3, 1, "6000")

describe.skipIf(postgresPrograms === null)("a worker that gets SIGTERM", () => {
  let postgres: Postgres
  let ear: Ear
  beforeAll(async () => {
    postgres = await startPostgres()
    ear = await openEar()
  })
  afterAll(async () => {
    ear?.close()
    await postgres?.stop()
  })

  const withCluster = async (body: (cluster: Cluster) => Promise<void>): Promise<void> => {
    const cluster = openCluster(await postgres.newDatabase(), { ...stageFiles(ear), "pipeline.ts": three })
    ear.signs.length = 0
    try {
      await body(cluster)
    } finally {
      await cluster.stop()
    }
  }

  test("hands the run that it conducts and the stage that it computes to another, and the command watches on", () =>
    withCluster(async (cluster) => {
      const first = await cluster.worker()
      const run = cluster.run()
      expect(await until(() => ofType(run.events(), "stage.started").length === 1, 60)).toBe(true)
      const second = await cluster.worker()
      first.process.kill("SIGTERM")
      const { code, stderr } = await first.ended
      expect(code).toBe(130)
      expect(stderr).toContain("what this worker had begun goes to other workers")

      expect((await run.ended).code).toBe(0)
      expect([...computations(ear).values()]).toEqual([1, 1, 1])
      const ends = ofType(run.events(), "run.finished")
      expect(ends).toMatchObject([{ outcome: "done", finished: 3 }])
      const lastOn = new Map(ofType(run.events(), "stage.started").map(({ id, machine }) => [id, machine]))
      expect(new Set(lastOn.values())).toEqual(new Set([second.name]))
      const listed = JSON.parse((await cluster.assay(["runs", "--json"])).stdout)
      expect(listed).toMatchObject([{ outcome: "done" }])
    }))

  test("ends although no other is there, and the run waits for the next", () =>
    withCluster(async (cluster) => {
      const first = await cluster.worker()
      const run = cluster.run()
      expect(await until(() => ofType(run.events(), "stage.started").length === 1, 60)).toBe(true)
      first.process.kill("SIGTERM")
      expect((await first.ended).code).toBe(130)
      expect(run.process.exitCode).toBe(null)
      const last = await cluster.worker({ args: ["--until-idle", "--idle-seconds", "2"] })
      expect((await run.ended).code).toBe(0)
      const { code, stderr } = await last.ended
      expect([code, stderr]).toEqual([0, expect.stringContaining("nothing left to do")])
    }))
})
