/** Slurm's script with Slurm's variables, and a worker that is real. */

import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Cluster, ofType, openCluster, until } from "../support/cluster.ts"
import { type Postgres, postgresPrograms, startPostgres } from "../support/postgres.ts"
import { type Ear, layersOf, openEar, stageFiles } from "../support/stages.ts"

const root = path.resolve(import.meta.dirname, "../../..")
const script = path.join(root, "deploy/slurm/workers.sh")

/** The options that the script asks Slurm for. */
const options = new Map(
  [...fs.readFileSync(script, "utf8").matchAll(/^#SBATCH --([a-z-]+)=(\S+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
)

describe.skipIf(postgresPrograms === null)("a job of Slurm's", () => {
  let postgres: Postgres
  let database: string
  let ear: Ear
  let cluster: Cluster
  let project: string
  beforeAll(async () => {
    postgres = await startPostgres()
    database = await postgres.newDatabase()
    ear = await openEar()
    cluster = openCluster(database, { ...stageFiles(ear), "pipeline.ts": layersOf(2, 1, "5000") })
    project = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-slurm-")))
    fs.writeFileSync(path.join(project, "package.json"), "{}")
    fs.mkdirSync(path.join(project, "node_modules"))
    fs.symlinkSync(root, path.join(project, "node_modules/assay"))
  })
  afterAll(async () => {
    await cluster?.stop()
    ear?.close()
    await postgres?.stop()
    fs.rmSync(project, { recursive: true, force: true })
  })

  /** Starts the script as `sbatch` would have it started on a node. */
  const sbatch = (slurm: Readonly<Record<string, string>>, ...args: ReadonlyArray<string>) => {
    const env = {
      ...process.env,
      ASSAY_DATABASE_URL: database,
      ASSAY_STORE: cluster.store,
      TMPDIR: project,
      SLURM_SUBMIT_DIR: project,
      ...slurm,
    }
    const child = spawn("bash", [script, ...args], { cwd: os.tmpdir(), env, stdio: ["ignore", "pipe", "pipe"] })
    let log = ""
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (log += text))
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve))
    return { child, ended, log: () => log }
  }

  test("asks for a warning before its time is over, of this script alone", () => {
    expect(options.get("signal")).toBe("B:TERM@30")
    expect(options.get("array")).toMatch(/^1-\d+$/)
  })

  test("is a worker with what Slurm gave it, and at the end of its time hands its stage to another", async () => {
    const given = { SLURM_CPUS_PER_TASK: "1", SLURM_MEM_PER_NODE: "2048", SLURM_GPUS_ON_NODE: "2" }
    const first = sbatch(given, "--label", "fast-disk")
    expect(await until(() => first.log().includes("joined with"), 60)).toBe(true)
    expect(first.log()).toContain("joined with 1 thread, 2.1 GB of memory, 2 GPUs, labelled fast-disk")

    const run = cluster.run()
    expect(await until(() => ofType(run.events(), "stage.started").length === 1, 60)).toBe(true)
    const second = sbatch({ SLURM_CPUS_PER_TASK: "2", SLURM_MEM_PER_CPU: "512" })
    expect(await until(() => second.log().includes("joined with"), 60)).toBe(true)
    expect(second.log()).toContain("joined with 2 threads, 1.1 GB of memory\n")

    first.child.kill("SIGTERM")
    expect(await first.ended).toBe(0)
    expect(first.log()).toContain("goes to other workers\nthe time of the job is over\n")
    expect((await run.ended).code).toBe(0)
    expect(ofType(run.events(), "run.finished")).toMatchObject([{ outcome: "done", finished: 2 }])
    expect(second.log().match(/^done {5}/gm)).toHaveLength(2)
    second.child.kill("SIGTERM")
    expect(await second.ended).toBe(0)
    // Neither leaves its cache.
    expect(fs.readdirSync(project).sort()).toEqual(["node_modules", "package.json"])
  })

  test("fails as the worker does", async () => {
    const job = sbatch({ ASSAY_DATABASE_URL: `${database}-that-is-not-there` })
    expect(await job.ended).toBe(2)
    expect(job.log()).toContain("does not exist")
  })

  test("says where it belongs, outside of Slurm", async () => {
    const job = sbatch({ SLURM_SUBMIT_DIR: "" })
    expect(await job.ended).not.toBe(0)
    expect(job.log()).toContain("run it with sbatch")
  })
})
