/** Stages that programs of a user compute or answer, on a worker that has none of the sources. */

import * as fs from "node:fs"
import * as path from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { judgingFiles } from "../../runtime/execute/judging.ts"
import { contents } from "../../slow/toy.ts"
import { type Cluster, ofType, openCluster, type Worker } from "../support/cluster.ts"
import { type Postgres, postgresPrograms, startPostgres } from "../support/postgres.ts"

const commands = (name: string, stages: string, results: string): string => `
import { File, file, pipeline, Schema, table } from "assay"
import { command } from "assay/stages"
${stages}
export default pipeline("${name}", () => (${results}))
`

/** A program of two files, one that a shell runs, and one that fails. */
const commandFiles = {
  "tools/count.mjs": `
import { writeFileSync, readFileSync, existsSync } from "node:fs"
import { letters } from "./letters.mjs"
const { times } = JSON.parse(readFileSync("parameters.json", "utf8"))
// Who watches may hear of the first steps too late.
for (let step = 1; step <= 20; step++) {
  console.log(JSON.stringify({ step, total: 20, loss: 0.5 }))
  await new Promise((resolve) => setTimeout(resolve, 100))
}
const isBesideSources = existsSync("commands.ts")
writeFileSync("outputs/counts.csv", ["letters", isBesideSources ? -1 : letters(readFileSync("inputs/text/text.txt", "utf8")) * times, ""].join("\\n"))
`,
  "tools/letters.mjs": 'export const letters = (text) => text.replaceAll(/[^a-z]/gi, "").length\n',
  "seven.sh": '#!/bin/sh\nprintf "letters\\n7\\n" > outputs/counts.csv\n',
  "fail.sh": "echo reading the data\necho >&2 'CUDA out of memory'\nexit 3\n",
  "text.txt": "Four score and seven",
  "commands.ts": commands(
    "commands",
    `
const Counts = table("counts", { letters: "int32" })
const count = command({ name: "count", inputs: { text: File }, parameters: { times: Schema.Int }, outputs: { counts: Counts }, files: ["tools"], run: ["node", "tools/count.mjs"], environment: { node: { output: ["node", "--version"] } } })
const shell = command({ name: "shell", outputs: { counts: Counts }, files: ["seven.sh"], run: ["./seven.sh"] })
`,
    '{ counts: count({ text: file("text.txt"), times: 2 }), shell: shell({}) }',
  ),
  "failing.ts": commands(
    "failing",
    'const bad = command({ name: "bad", outputs: { counts: table("counts", { letters: "int32" }) }, files: ["fail.sh"], run: ["sh", "fail.sh"] })',
    "{ bad: bad({}) }",
  ),
}

const judged = (options: string): string => `
import { pipeline, program } from "assay"
import { label, programJudge } from "assay/stages"
import { make } from "./stages.ts"
const reward = programJudge({ name: "reward", connect: program({ ${options} }) })
export default pipeline("judged", () => ({ pairs: label({ responses: make({ prompts: 20, perPrompt: 2 }), judge: reward() }) }))
`

/** Judges by length, says where it runs, and how often it was started. */
const judgeFiles = {
  ...judgingFiles,
  "reward/reward.mjs": `
import { createInterface } from "node:readline"
import { appendFileSync, existsSync } from "node:fs"
import { weight } from "./weight.mjs"
appendFileSync(process.env.REWARD_LOG, JSON.stringify({ pid: process.pid, folder: process.cwd(), sources: existsSync("pipeline.ts") }) + "\\n")
for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(JSON.parse(line).map(({ response }) => weight * response.length)))
`,
  "reward/weight.mjs": "export const weight = 2\n",
  "reward/fail.mjs": 'console.error("no model at ./model.bin")\nprocess.exit(5)\n',
  "judged.ts": judged('run: ["node", "reward/reward.mjs"], files: ["reward"], variables: ["REWARD_LOG"]'),
  "unjudged.ts": judged('run: ["node", "reward/fail.mjs"], files: ["reward/fail.mjs"], retries: 0'),
  "undeclared.ts": judged('run: ["node", "reward/reward.mjs"], variables: ["REWARD_LOG"]'),
}

describe.skipIf(postgresPrograms === null)("programs on a worker", { timeout: 400_000 }, () => {
  let postgres: Postgres
  let database: string
  let cluster: Cluster
  let worker: Worker
  let log: string
  beforeAll(async () => {
    postgres = await startPostgres()
    database = await postgres.newDatabase()
    cluster = openCluster(database, { ...commandFiles, ...judgeFiles })
    fs.chmodSync(path.join(cluster.root, "seven.sh"), 0o755)
    log = path.join(cluster.root, "reward.log")
    worker = await cluster.worker({ environment: { REWARD_LOG: log } })
  })
  afterAll(async () => {
    await cluster?.stop()
    await postgres?.stop()
  })

  const starts = (): ReadonlyArray<{ readonly pid: number; readonly folder: string; readonly sources: boolean }> =>
    fs
      .readFileSync(log, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))

  test("a command finds its files, inputs and parameters there, and makes the bytes of a local run", async () => {
    const run = cluster.run("commands.ts")
    expect((await run.ended).code).toBe(0)
    const events = run.events()
    expect(new Map(ofType(events, "stage.started").map(({ id, machine }) => [id, machine]))).toEqual(
      new Map([
        ["counts", worker.name],
        ["shell", worker.name],
      ]),
    )
    expect(ofType(events, "stage.progress")[0]).toMatchObject({ id: "counts", total: 20, values: { loss: 0.5 } })
    const { stdout } = await cluster.assay(["show", "counts", "--json"])
    expect(JSON.parse(stdout).outputs[0].head).toEqual([{ letters: 34 }])
    const alone = await cluster.local("commands.ts")
    expect(contents(cluster.store)).toEqual(contents(alone))
  })

  test("a command that fails is told with its exit code and the last that it printed", async () => {
    const { code, stderr } = await cluster.assay(["run", "--cluster", "failing.ts"])
    expect(code).toBe(1)
    expect(stderr).toContain("CommandFailed: sh fail.sh exited with code 3")
    expect(stderr).toContain("reading the data")
    expect(stderr).toContain("CUDA out of memory")
  })

  test("a program that a judge asks is started from its declared files, once for all stages, and answers as in a local run", async () => {
    const run = cluster.run("judged.ts")
    expect((await run.ended).code).toBe(0)
    expect(starts()).toHaveLength(1)
    const [first] = starts()
    expect(first?.sources).toBe(false)
    expect(first?.folder.startsWith(path.join(cluster.store, "tmp"))).toBe(true)
    expect(fs.readdirSync(first?.folder ?? "", { recursive: true }).sort()).toEqual([
      "reward",
      "reward/fail.mjs",
      "reward/reward.mjs",
      "reward/weight.mjs",
    ])
    const { stdout } = await cluster.assay(["show", "pairs", "--json"])
    expect(JSON.parse(stdout).outputs[0].head).toHaveLength(10)
    process.env.REWARD_LOG = path.join(cluster.root, "local.log")
    await cluster.local("judged.ts")
    delete process.env.REWARD_LOG
    const { stdout: local } = await cluster.start(["show", "pairs", "--json"], { ASSAY_STORE: path.join(cluster.root, ".alone") }).ended
    expect(JSON.parse(stdout).outputs).toEqual(JSON.parse(local).outputs)
  })

  test("an edited program is another one, beside the one that a worker has open", async () => {
    cluster.write("reward/weight.mjs", "export const weight = 3\n")
    const run = cluster.run("judged.ts")
    expect((await run.ended).code).toBe(0)
    const [before, after] = starts()
    expect(starts()).toHaveLength(2)
    expect(after?.folder).not.toBe(before?.folder)
    const { stdout } = await cluster.assay(["show", "pairs", "--json"])
    for (const { chosen, score_chosen } of JSON.parse(stdout).outputs[0].head) expect(score_chosen).toBe(3 * chosen.length)
  })

  test("a program that fails is told with what it printed", async () => {
    const { code, stderr } = await cluster.assay(["run", "--cluster", "unjudged.ts"])
    expect(code).toBe(1)
    expect(stderr).toContain("NotAnswered: program node reward/fail.mjs")
    expect(stderr).toContain("no model at ./model.bin")
  })

  test("a program is refused whose arguments name a file that it does not declare, with what to do", async () => {
    const { code, stderr } = await cluster.assay(["run", "--cluster", "undeclared.ts"])
    expect(code).not.toBe(0)
    expect(stderr.replace(/\s+/g, " ")).toContain(
      "stage pairs cannot run on a cluster: it asks a program that is given reward/reward.mjs, which would not be sent along: list it in the program's `files`",
    )
    expect(starts()).toHaveLength(2)
  })

  test("a worker that ends leaves no program and no folder of one", async () => {
    const all = starts()
    await cluster.stop()
    for (const { pid, folder } of all) {
      expect(() => process.kill(pid, 0)).toThrow("ESRCH")
      expect(fs.existsSync(folder)).toBe(false)
    }
  })
})
