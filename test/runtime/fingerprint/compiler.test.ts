import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { toyProject } from "../project.ts"

/** Processes that this one has started, of that name. */
const children = (name: string): ReadonlyArray<number> =>
  fs
    .readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        const [, command = "", , parent] = /^\d+ \((.*)\) (\S) (\d+)/.exec(fs.readFileSync(`/proc/${entry}/stat`, "utf8")) ?? []
        return command === name && Number(parent) === process.pid
      } catch {
        return false
      }
    })
    .map(Number)

test("a compiler whose process is ended by others is started again", async () => {
  const toy = toyProject()
  await toy.plan()
  const compilers = children("esbuild")
  expect(compilers.length).toBeGreaterThan(0)
  execFileSync("kill", ["-9", ...compilers.map(String)])
  await sleep(50)
  toy.edit("pipeline.ts", "digits: 3", "digits: 4")
  toy.edit("arithmetic/power.ts", "left * right", "right * left")
  expect((await toy.plan()).stages).toHaveLength(5)
})
