/** Recorded stages that are asked again on a cluster, though they have results. */

import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { judgeServer, judgingFiles } from "../../runtime/execute/judging.ts"
import { type Cluster, ofType, openCluster, until, type Worker } from "../support/cluster.ts"
import { type Postgres, postgresPrograms, startPostgres } from "../support/postgres.ts"

/** Rows of the table that is judged. */
const rows = 400

const labelled = `
import { pipeline } from "assay"
import { label, shuffle } from "assay/stages"
import { make, remote } from "./stages.ts"
export default pipeline("asked", () => {
  const pairs = label({ responses: make({ prompts: ${rows / 2}, perPrompt: 2 }), judge: remote({ revision: "1" }) })
  return { pairs, shuffled: shuffle({ preferences: pairs, window: 8, seed: 1 }) }
})
`

describe.skipIf(postgresPrograms === null)("a stage that is asked again on a cluster", { timeout: 400_000 }, () => {
  let postgres: Postgres
  let judge: Awaited<ReturnType<typeof judgeServer>>
  let cluster: Cluster
  let worker: Worker
  beforeAll(async () => {
    postgres = await startPostgres()
    judge = await judgeServer({ delayMs: 20 })
    cluster = openCluster(await postgres.newDatabase(), { ...judgingFiles, "pipeline.ts": labelled })
    worker = await newWorker()
  })
  afterAll(async () => {
    await cluster?.stop()
    judge?.close()
    await postgres?.stop()
  })

  const newWorker = () => cluster.worker({ environment: { JUDGE_URL: judge.url, JUDGE_TOKEN: "a token of the worker" } })
  const refresh = () => cluster.start(["run", "--cluster", "--json", "pipeline.ts", "--refresh", "pairs"])
  /** How many requests the server had had when it scored each response. */
  const ordinals = async (): Promise<ReadonlyArray<number>> => {
    const { stdout } = await cluster.assay(["show", "pairs", "--json", "--rows", String(rows)])
    const [{ head: pairs }] = JSON.parse(stdout).outputs
    expect(pairs).toHaveLength(rows / 2)
    return (pairs as ReadonlyArray<Record<string, number>>).flatMap(({ score_chosen = 0, score_rejected = 0 }) =>
      [score_chosen, score_rejected].map((score) => Math.round((score - Math.trunc(score)) * 1e6)),
    )
  }

  test("is asked for all again, and what depends on it follows; on any machine that is then its result", async () => {
    expect((await cluster.run().ended).code).toBe(0)
    expect(judge.asked).toHaveLength(rows)
    const run = refresh()
    expect((await run.ended).code).toBe(0)
    expect(judge.asked).toHaveLength(2 * rows)
    expect(ofType(run.events(), "stage.finished").map(({ id }) => id)).toEqual(["pairs", "shuffled"])
    expect(Math.min(...(await ordinals()))).toBeGreaterThan(rows)
    const again = cluster.run()
    expect((await again.ended).code).toBe(0)
    const { code, stderr } = await cluster.assay(["run", "pipeline.ts"])
    expect(code, stderr).toBe(0)
    expect(ofType(again.events(), "stage.finished")).toEqual([])
    expect(stderr).toContain("0 computed")
    expect(judge.asked).toHaveLength(2 * rows)
  })

  test("is asked again each time that this is wanted, and its result is never an earlier one, though its worker dies", async () => {
    const before = judge.asked.length
    const run = refresh()
    expect(await until(() => judge.asked.length > before + 100)).toBe(true)
    await worker.kill()
    const killedAt = judge.asked.length
    expect(killedAt).toBeLessThan(before + rows)
    worker = await newWorker()
    expect((await run.ended).code).toBe(0)
    expect(judge.asked.length).toBeLessThanOrEqual(killedAt + rows)
    expect(Math.min(...(await ordinals()))).toBeGreaterThan(before)
  })

  test("is refused where its result follows from its key", async () => {
    const { code, stderr } = await cluster.assay(["run", "--cluster", "pipeline.ts", "--refresh", "shuffled"])
    expect(code).toBe(2)
    expect(stderr).toContain("the stage is not recorded")
  })
})
