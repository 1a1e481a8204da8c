import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect, Exit, Fiber } from "effect"
import { afterAll, expect, test } from "vitest"
import { type ProgramOptions, startProgram } from "../../../../runtime/execute/command/process.ts"
import { isAlive, pidsIn } from "./alive.ts"

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-process-")))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const shell = (script: string, options: Partial<ProgramOptions> = {}) => {
  const lines: Array<string> = []
  const running = Effect.scoped(
    Effect.flatten(
      startProgram({
        program: "/bin/sh",
        arguments: ["-c", script],
        folder,
        environment: { PATH: process.env.PATH ?? "" },
        onLine: (line, stream) => lines.push(`${stream}: ${line}`),
        graceMs: 2000,
        ...options,
      }),
    ),
  )
  return { running, lines }
}

test("a program ends by its code, after all that it has printed", async () => {
  const { running, lines } = shell("echo one; echo two >&2; printf three; exit 3")
  expect(await Effect.runPromise(running)).toEqual({ code: 3, signal: null })
  expect([...lines].sort()).toEqual(["stderr: two", "stdout: one", "stdout: three"])
})

test("a program ends by a signal", async () => {
  expect(await Effect.runPromise(shell("kill -SEGV $$").running)).toEqual({ code: null, signal: "SIGSEGV" })
})

test.each([
  ["no-such-program", /^was not found: install it/],
  [path.join(folder, "plain.txt"), /^is not executable: chmod \+x it/],
])("%s cannot be started", async (program, message) => {
  fs.writeFileSync(path.join(folder, "plain.txt"), "text")
  const exit = await Effect.runPromiseExit(shell("", { program }).running)
  expect(Exit.isFailure(exit) && JSON.stringify(exit.cause)).toMatch(/ProgramNotStarted/)
  await expect(Effect.runPromise(shell("", { program }).running)).rejects.toMatchObject({ message: expect.stringMatching(message) })
})

test("a program has no input to wait for", async () => {
  const { running, lines } = shell("cat; echo over")
  await Effect.runPromise(running)
  expect(lines).toEqual(["stdout: over"])
})

test("interrupting ends the whole group by SIGTERM, so that each can save its state", async () => {
  const [pids, saved] = [path.join(folder, "tree.pids"), path.join(folder, "saved")]
  const { running } = shell(`
    sh -c 'echo $$ >> ${pids}; exec sleep 1000' &
    trap 'echo saved > ${saved}; exit 0' TERM
    echo $$ >> ${pids}
    while :; do sleep 0.05; done`)
  const fiber = Effect.runFork(running)
  const started = await pidsIn(pids, 2)
  const before = performance.now()
  await Effect.runPromise(Fiber.interrupt(fiber))
  expect(performance.now() - before).toBeLessThan(1500)
  expect(started.filter(isAlive)).toEqual([])
  expect(fs.existsSync(saved)).toBe(true)
})

test("a group that ignores SIGTERM is killed after a grace period", async () => {
  const pids = path.join(folder, "stubborn.pids")
  const { running } = shell(
    `trap '' TERM; sh -c 'trap "" TERM; echo $$ >> ${pids}; while :; do sleep 0.05; done' & echo $$ >> ${pids}; while :; do sleep 0.05; done`,
    { graceMs: 300 },
  )
  const fiber = Effect.runFork(running)
  const started = await pidsIn(pids, 2)
  const before = performance.now()
  await Effect.runPromise(Fiber.interrupt(fiber))
  expect(performance.now() - before).toBeGreaterThan(250)
  expect(started.filter(isAlive)).toEqual([])
})

test("what a program leaves running in its group ends with it, though it holds the output open", async () => {
  const pids = path.join(folder, "left.pids")
  const { running } = shell(`sh -c 'echo $$ >> ${pids}; exec sleep 1000' & while [ ! -s ${pids} ]; do sleep 0.01; done; exit 0`)
  const before = performance.now()
  expect(await Effect.runPromise(running)).toEqual({ code: 0, signal: null })
  expect(performance.now() - before).toBeLessThan(2500)
  expect((await pidsIn(pids, 1)).filter(isAlive)).toEqual([])
})
