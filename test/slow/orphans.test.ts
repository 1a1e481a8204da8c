import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { openToy, pipeline } from "./toy.ts"

const looping = 'export const run = async () => { console.log("pid " + process.pid); for (;;); }\n'

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    // A zombie has ended; its parent has not waited for it yet.
    return !/^Z/.test(execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).trim())
  } catch {
    return false
  }
}

const until = async (holds: () => boolean, seconds: number): Promise<boolean> => {
  for (let waited = 0; waited < seconds * 10; waited++) {
    if (holds()) return true
    await sleep(100)
  }
  return false
}

const startLooping = async () => {
  const toy = openToy()
  toy.write("draw.ts", looping)
  const command = toy.start(["run", "pipeline.ts"])
  let printed = ""
  command.process.stderr?.on("data", (text: string) => (printed += text))
  await until(() => /pid \d+/.test(printed), 60)
  const pid = Number(/pid (\d+)/.exec(printed)?.[1])
  expect(isAlive(pid)).toBe(true)
  return { command, pid }
}

test("a stage in an endless loop does not outlive a command that was killed", async () => {
  const { command, pid } = await startLooping()
  command.process.kill("SIGKILL")
  await command.ended
  expect(await until(() => !isAlive(pid), 10)).toBe(true)
})

test("a stage in an endless loop ends at the first Ctrl-C", async () => {
  const { command, pid } = await startLooping()
  command.process.kill("SIGINT")
  expect((await command.ended).code).toBe(130)
  expect(isAlive(pid)).toBe(false)
})

/** Two short stages, and one that takes a minute. */
const draws = `
import { pipeline } from "assay"
import { draw } from "./stages.ts"
export default pipeline("draws", () => ({ a: draw({ seed: 1, rows: 1 }), b: draw({ seed: 2, rows: 1 }), c: draw({ seed: 3, rows: 0 }) }))`

const drawOrWait = `
export const run = async ({ outputs, parameters }) => {
  if (parameters.rows === 0) await new Promise((resolve) => setTimeout(resolve, 60_000))
  await outputs.numbers.append([{ n: parameters.seed, value: 0, text: "" }])
}
`

/** The processes that a command has started for stages. */
const childrenOf = (parent: number | undefined): ReadonlyArray<number> =>
  execFileSync("ps", ["-eo", "pid,ppid,args"], { encoding: "utf8" })
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s.*-permission/.exec(line))
    .flatMap((found) => (found !== null && Number(found[2]) === parent ? [Number(found[1])] : []))

test("a process that waits for a stage does not outlive a command that was killed, and the next run clears its folders", async () => {
  const toy = openToy()
  toy.write("draw.ts", drawOrWait)
  toy.write("pipeline.ts", draws)
  const command = toy.start(["run", "pipeline.ts"], { ASSAY_THREADS: "1" })
  const folders = () => (fs.existsSync(`${toy.root}/.assay/tmp`) ? fs.readdirSync(`${toy.root}/.assay/tmp`) : [])
  const waiting = () => folders().some((name) => name.split(".").length === 3)
  // Its folders tell that it has been started.
  expect(await until(() => waiting() && childrenOf(command.process.pid).length === 2, 60)).toBe(true)
  const children = childrenOf(command.process.pid)
  command.process.kill("SIGKILL")
  await command.ended
  expect(await until(() => !children.some(isAlive), 10)).toBe(true)
  expect(waiting()).toBe(true)
  toy.write("pipeline.ts", pipeline(1, 1))
  expect((await toy.start(["run", "pipeline.ts"]).ended).code).toBe(0)
  expect(folders()).toEqual([])
})
