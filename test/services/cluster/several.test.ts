import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { contents, killAll } from "../../slow/toy.ts"
import { type Cluster, type Command, ofType, openCluster, until } from "../support/cluster.ts"
import { type Postgres, postgresPrograms, startPostgres } from "../support/postgres.ts"
import { computations, type Ear, layersOf, openEar, stageFiles } from "../support/stages.ts"

/** Twelve stages, of which the first six are those of every such pipeline. */
const sharing = (name: string, ms: number): string => `
import { pipeline } from "assay"
import { nap } from "./stages.ts"
export default pipeline("${name}", () => {
  const all = {}
  for (let n = 0; n < 6; n++) all["n" + n] = nap({ n, ms: 400, before: {} })
  for (let n = 6; n < 12; n++) all["n" + n] = nap({ n: n + ${ms}, ms: ${ms}, before: { a: all["n" + (n - 6)] } })
  return all
})`

describe.skipIf(postgresPrograms === null)("several commands", { timeout: 400_000 }, () => {
  let postgres: Postgres
  let ear: Ear
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
    cluster = openCluster(await postgres.newDatabase(), { ...stageFiles(ear), "pipeline.ts": layersOf(4, 3, "500") })
  })
  afterEach(() => cluster.stop())

  const isComputing = (run: Command) => until(() => ofType(run.events(), "stage.started").length > 1, 60)
  const runOf = (run: Command) => ofType(run.events(), "run.started")[0]?.run
  const expectOnce = (count: number) => expect([...computations(ear).values()]).toEqual(Array(count).fill(1))

  test("a run goes on when its command is killed, and the same command watches it again and prints its results", async () => {
    await cluster.worker()
    await cluster.worker()
    const first = cluster.run()
    expect(await isComputing(first)).toBe(true)
    killAll(first)
    const run = runOf(first)
    const second = cluster.start(["run", "--cluster", "pipeline.ts"])
    const { code, stdout, stderr } = await second.ended
    expect(code).toBe(0)
    expect(stderr).toContain(`watching ${run}`)
    expect(stdout).toContain("n11")
    expectOnce(12)
    // After the end, everything is cached, in a run of its own.
    const third = cluster.run()
    expect((await third.ended).code).toBe(0)
    expect(runOf(third)).not.toBe(run)
    expect(third.events().at(-1)).toMatchObject({ type: "run.finished", outcome: "done", cached: 12, finished: 0 })
    expectOnce(12)
  })

  test("two at once for one graph share one run", async () => {
    await cluster.worker()
    const both = [cluster.run(), cluster.run()]
    expect((await Promise.all(both.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([0, 0])
    expect(runOf(both[0] as Command)).toBe(runOf(both[1] as Command))
    for (const each of both) expect(each.events().at(-1)).toMatchObject({ type: "run.finished", outcome: "done", finished: 12 })
    expectOnce(12)
  })

  test("two at once for graphs that share stages compute each stage once", async () => {
    cluster.write("one.ts", sharing("one", 300))
    cluster.write("two.ts", sharing("two", 200))
    await cluster.worker()
    await cluster.worker()
    const both = [cluster.run("one.ts"), cluster.run("two.ts")]
    expect((await Promise.all(both.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([0, 0])
    expectOnce(18)
    for (const each of both) {
      const events = each.events()
      const settled = [...ofType(events, "stage.finished"), ...ofType(events, "stage.cached")].map(({ id }) => id)
      expect(settled.sort()).toEqual([...new Set(settled)].sort())
      expect(settled).toHaveLength(12)
    }
  })

  test("eight runs at once are conducted by one worker", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `run${index}.ts`)
    for (const [index, name] of names.entries()) cluster.write(name, layersOf(2, 2, String(10 + index)))
    await cluster.worker()
    const runs = names.map((name) => cluster.run(name))
    expect((await Promise.all(runs.map(({ ended }) => ended))).map(({ code }) => code)).toEqual(names.map(() => 0))
    expect(contents(cluster.store).size).toBe(32)
    for (const run of runs) expect(run.events().at(-1)).toMatchObject({ type: "run.finished", outcome: "done", finished: 4 })
  })
})
