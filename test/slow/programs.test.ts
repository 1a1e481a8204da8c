import * as fs from "node:fs"
import * as path from "node:path"
import { expect, test } from "vitest"
import { isAlive, pidsIn } from "../runtime/execute/command/alive.ts"
import { contents, filesUnder, killAll, openToy, type Toy } from "./toy.ts"

const pipeline = (further = "") => `
import { pipeline, table } from "assay"
import { command } from "assay/stages"
const count = command({ name: "count", outputs: { numbers: table("numbers", { n: "int32" }) }, files: ["count.mjs"], run: ["node", "count.mjs"], ${further} })
export default pipeline("counting", () => ({ count: count({}) }))
`

/** Starts a process of its own that ignores what it can, and works until it is ended. */
const endless = `
import { spawn } from "node:child_process"
import { appendFileSync } from "node:fs"
const pids = PIDS
spawn("sh", ["-c", "trap '' INT HUP; echo $$ >> " + pids + "; while :; do sleep 0.05; done"], { stdio: "ignore" })
appendFileSync(pids, process.pid + "\\n")
console.log(JSON.stringify({ step: 1, total: 10 }))
for (;;);
`

const openEndless = (further = ""): { readonly toy: Toy; readonly pids: string } => {
  const toy = openToy(pipeline(further))
  const pids = path.join(toy.root, "pids")
  toy.write("count.mjs", endless.replace("PIDS", JSON.stringify(pids)))
  return { toy, pids }
}

const until = async (holds: () => boolean, seconds: number): Promise<boolean> => {
  for (let waited = 0; waited < seconds * 50 && !holds(); waited++) await new Promise((resolve) => setTimeout(resolve, 20))
  return holds()
}

test("Ctrl-C ends a program and all that it has started, and leaves nothing", async () => {
  const { toy, pids } = openEndless()
  const command = toy.start(["run", "pipeline.ts"])
  const started = await pidsIn(pids, 2)
  expect(started.filter(isAlive)).toHaveLength(2)
  const before = performance.now()
  command.process.kill("SIGINT")
  expect((await command.ended).code).toBe(130)
  expect(performance.now() - before).toBeLessThan(3000)
  expect(started.filter(isAlive)).toEqual([])
  expect(filesUnder(`${toy.root}/.assay/tmp`)).toEqual([])
  expect(filesUnder(`${toy.root}/.assay/leases`)).toEqual([])
})

test("kill -9 of the command, alone or with its processes, ends a program and all that it has started", async () => {
  for (const kill of ["alone", "all"]) {
    const { toy, pids } = openEndless()
    const command = toy.start(["run", "pipeline.ts"])
    const started = await pidsIn(pids, 2)
    if (kill === "alone") command.process.kill("SIGKILL")
    else killAll(command)
    expect(await until(() => !started.some(isAlive), 10)).toBe(true)
  }
})

test("a program that takes longer than its stage may is ended, and its stage has failed", async () => {
  const { toy, pids } = openEndless("timeLimitMinutes: 0.02,")
  const { code, stderr } = await toy.start(["run", "pipeline.ts"]).ended
  expect(code).toBe(1)
  expect(stderr).toMatch(/failed {3}count: TimeLimit: it took longer than 0\.02 minutes, and was ended; raise timeLimitMinutes/)
  expect((await pidsIn(pids, 2)).filter(isAlive)).toEqual([])
})

/** Counts to 60, and keeps how far it has come. */
const counting = `
import * as fs from "node:fs"
const state = process.env.ASSAY_RESUME + "/state.json"
const numbers = fs.existsSync(state) ? JSON.parse(fs.readFileSync(state, "utf8")) : []
console.error("from", numbers.length)
while (numbers.length < 60) {
  numbers.push(numbers.length ** 2)
  fs.writeFileSync(state + ".new", JSON.stringify(numbers))
  fs.renameSync(state + ".new", state)
  console.log(JSON.stringify({ step: numbers.length, total: 60 }))
  await new Promise((resolve) => setTimeout(resolve, 20))
}
fs.writeFileSync(process.env.ASSAY_OUTPUTS + "/numbers.csv", "n\\n" + numbers.join("\\n") + "\\n")
`

test("killed again and again, a program goes on with what it kept, and ends with the same bytes", async () => {
  const undisturbed = openToy(pipeline())
  undisturbed.write("count.mjs", counting)
  expect((await undisturbed.start(["run", "pipeline.ts"]).ended).code).toBe(0)
  const toy = openToy(pipeline())
  toy.write("count.mjs", counting)
  const state = (): number => {
    const [file] = filesUnder(`${toy.root}/.assay/checkpoints`).filter((name) => name.endsWith("state.json"))
    return file === undefined ? 0 : (JSON.parse(fs.readFileSync(file, "utf8")) as ReadonlyArray<number>).length
  }
  for (const steps of [10, 25, 40]) {
    const command = toy.start(["run", "pipeline.ts"])
    expect(await until(() => state() >= steps, 60)).toBe(true)
    killAll(command)
    await command.ended
  }
  const { code, stderr } = await toy.start(["run", "pipeline.ts"]).ended
  expect(code).toBe(0)
  expect(Number(/count: from (\d+)/.exec(stderr)?.[1])).toBeGreaterThanOrEqual(40)
  expect(contents(`${toy.root}/.assay`)).toEqual(contents(`${undisturbed.root}/.assay`))
  expect(filesUnder(`${toy.root}/.assay/checkpoints`)).toEqual([])
  expect(filesUnder(`${toy.root}/.assay/tmp`)).toEqual([])
})
