import * as fs from "node:fs"
import * as path from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { contents } from "../../slow/toy.ts"
import { type Cluster, ofType, openCluster, until } from "../support/cluster.ts"
import { type Postgres, postgresPrograms, query, startPostgres } from "../support/postgres.ts"
import { computations, type Ear, layersOf, openEar, stageFiles } from "../support/stages.ts"

const scaleStages = `
import { plugin, pluginParameter, File, files, Schema, stage } from "assay"
export const reward = plugin({ kind: "reward", name: "length", parameters: { scale: Schema.Finite }, run: () => import("./reward.ts") })
export const score = stage({
  name: "score", inputs: { text: File }, parameters: { reward: pluginParameter("reward") }, outputs: { out: files("out") },
  plugins: { out: { plugin: reward.declaration } }, run: () => import("./score.ts"),
})
export const again = stage({ name: "again", inputs: { scored: files("out") }, parameters: {}, outputs: { out: files("out") }, run: () => import("./again.ts") })
`
const scaleFiles = {
  "scale/stages.ts": scaleStages,
  "scale/reward.ts": 'import { round } from "rounding"\nexport const run = (value, { scale }) => round(scale * value)\n',
  "scale/score.ts": `
export const run = async ({ inputs, parameters, outputs, plugin }) => {
  const reward = await plugin("reward")
  let letters = 0
  for (const name of inputs.text.names) letters += (await inputs.text.read(name)).length
  await outputs.out.write("scale.txt", String(reward(letters, parameters.reward)))
}`,
  "scale/again.ts": `
export const run = async ({ inputs, outputs }) => {
  const reward = await inputs.scored.plugin()
  await outputs.out.write("out.txt", String(reward(0.5, { scale: Number(new TextDecoder().decode(await inputs.scored.read("scale.txt"))) })))
}`,
  "scale.ts": `
import { file, pipeline } from "assay"
import { again, reward, score } from "./scale/stages.ts"
export default pipeline("scale", () => {
  const one = score({ text: file("texts/one.txt"), reward: reward({ scale: 2.04 }) })
  const all = score({ text: file("texts"), reward: reward({ scale: 3.07 }) })
  return { one: again({ scored: one }), all: again({ scored: all }) }
})`,
  "texts/one.txt": "Four score and seven",
  "texts/two.txt": "years ago",
}

const rounding = (version: string, digits: number) => ({
  "node_modules/rounding/package.json": JSON.stringify({ name: "rounding", version, main: "index.js", sideEffects: false }),
  "node_modules/rounding/index.js": `exports.round = (value) => Number(value.toFixed(${digits}))\n`,
})

const failing = `
import { pipeline } from "assay"
import { fail, nap } from "./stages.ts"
export default pipeline("failing", () => {
  const bad = fail({ n: 7, ms: 0, before: { a: nap({ n: 1, ms: 50, before: {} }) } })
  return { bad, after: nap({ n: 2, ms: 50, before: { bad } }), beside: nap({ n: 3, ms: 50, before: {} }) }
})`

const lines = (text: string): ReadonlyArray<Record<string, unknown>> => JSON.parse(text)

describe.skipIf(postgresPrograms === null)("a run on a cluster", { timeout: 400_000 }, () => {
  let postgres: Postgres
  let database: string
  let ear: Ear
  let cluster: Cluster
  beforeAll(async () => {
    postgres = await startPostgres()
    database = await postgres.newDatabase()
    ear = await openEar()
    const files = { ...stageFiles(ear), ...scaleFiles, ...rounding("1.2.0", 1) }
    cluster = openCluster(database, { ...files, "pipeline.ts": layersOf(3, 3, "100"), "failing.ts": failing })
    await cluster.worker({ files: rounding("1.2.0", 1) })
    await cluster.worker({ files: rounding("1.2.0", 1) })
  })
  afterAll(async () => {
    await cluster?.stop()
    ear?.close()
    await postgres?.stop()
  })

  test("makes the keys and the bytes of a local run, on two workers that have none of its sources", async () => {
    const alone = contents(await cluster.local())
    ear.signs.length = 0
    const run = cluster.run()
    expect((await run.ended).code).toBe(0)
    expect(contents(cluster.store)).toEqual(alone)
    const started = ofType(run.events(), "stage.started")
    expect(new Set(started.map(({ machine }) => machine)).size).toBe(2)
    expect([...computations(ear).values()]).toEqual(Array(9).fill(1))
    // What its stages print is shown.
    expect(new Set(ofType(run.events(), "stage.output").map(({ text }) => text)).size).toBe(9)
    expect(run.events().at(-1)).toMatchObject({ type: "run.finished", outcome: "done", finished: 9, failed: 0, cached: 0 })
  })

  test("takes plugins, a package and files from outside along", async () => {
    const run = cluster.run("scale.ts")
    expect((await run.ended).code).toBe(0)
    const alone = contents(await cluster.local("scale.ts"))
    const here = contents(cluster.store)
    expect(alone.size).toBeGreaterThanOrEqual(4)
    for (const [key, content] of contents(path.join(cluster.root, ".alone"))) if (here.has(key)) expect(here.get(key)).toBe(content)
    const keys = ofType(run.events(), "stage.finished").map(({ key }) => key)
    expect(keys).toHaveLength(4)
    for (const key of keys) expect(alone.has(key)).toBe(true)
  })

  test("fails with the message of a stage, leaves a record that can be replayed here, and skips the rest", async () => {
    const run = cluster.run("failing.ts")
    const { code, stderr } = await run.ended
    expect(code).toBe(1)
    expect(stderr).toContain("1 stage failed: bad")
    const [failed] = ofType(run.events(), "stage.failed")
    expect(failed).toMatchObject({ id: "bad", message: "the sum of 7 does not converge" })
    expect(fs.existsSync(failed?.record ?? "")).toBe(true)
    expect(ofType(run.events(), "stage.skipped")).toMatchObject([{ id: "after", because: "bad" }])
    expect(ofType(run.events(), "stage.finished").map(({ id }) => id)).toContain("beside")
    const replayed = await cluster.assay(["replay", "bad"])
    expect(replayed.stdout + replayed.stderr).toContain("the sum of 7 does not converge")
    expect(replayed.stdout + replayed.stderr).toContain("fail.ts")
  })

  test("is listed, shown and compared as a local run is", async () => {
    const listed = lines((await cluster.assay(["runs", "--json"])).stdout)
    expect(listed.map(({ pipeline, outcome }) => `${pipeline} ${outcome}`).sort()).toEqual(["failing failed", "layers done", "scale done"])
    expect(listed.find(({ pipeline }) => pipeline === "layers")).toMatchObject({ stages: { total: 9, finished: 9, cached: 0 } })
    const here = lines((await cluster.assay(["ls", "--pipeline", "layers", "--json"])).stdout)
    const alone = lines(
      (await cluster.assay(["ls", "--pipeline", "layers", "--json"], { ASSAY_STORE: path.join(cluster.root, ".alone") })).stdout,
    )
    const ofResults = (rows: typeof here) => rows.map(({ id, key, outputs }) => ({ id, key, outputs }))
    expect(ofResults(here)).toEqual(ofResults(alone))
    const compared = await cluster.assay(["diff", "layers", "scale"])
    expect(compared.code).toBe(0)
    const { code, stdout } = await cluster.assay(["plan", "pipeline.ts"])
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("9 cached") })
  })

  test("leaves no row of a queue behind, and tells the password of the database no one", async () => {
    expect(await until(async () => (await query(database, "SELECT 1 FROM assay_queue WHERE state <> 'failed'")).length === 0, 10)).toBe(
      true,
    )
    expect(await query(database, "SELECT * FROM assay_queue")).toEqual([])
  })
})
