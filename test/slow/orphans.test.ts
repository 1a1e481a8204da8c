import { execFileSync } from "node:child_process"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { openToy } from "./toy.ts"

const looping = 'export const run = async () => { console.log("pid " + process.pid); for (;;); }\n'

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    // A zombie has ended; whoever started it has not asked yet.
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
