/** What CI says at its end, after real steps, some of which run Vitest on files that fail. */

import { type SpawnSyncReturns, spawnSync } from "node:child_process"
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { beforeEach, expect, onTestFinished, test } from "vitest"

const root = resolve(import.meta.dirname, "../..")
const vitest = ["node", join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", "."]

/** A project with the packages of the clone. */
let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "assay-ci-")))
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
})

const runScript = (name: string, ...given: ReadonlyArray<string>): SpawnSyncReturns<string> => {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env
  return spawnSync(process.execPath, [join(root, ".ci", name), folder, ...given], { cwd: folder, encoding: "utf8", env })
}

const step = (...given: ReadonlyArray<string>): SpawnSyncReturns<string> => runScript("step.mjs", ...given)
const count = (): { readonly status: number | null; readonly told: string; readonly last: string } => {
  const { status, stdout } = runScript("count.mjs")
  return { status, told: stdout, last: stdout.trimEnd().split("\n").at(-1) ?? "" }
}
const writeTest = (text: string, name = "a.test.js"): void =>
  writeFileSync(join(folder, name), `import { afterAll, test, expect } from "vitest"\n${text}`)

test("steps that end well are named with their seconds, and their tests are counted", () => {
  writeTest('test("a law", () => expect(1).toBe(1))\ntest.skip("another", () => {})')
  expect(step("true").status).toBe(0)
  expect(step("--report", ...vitest).status).toBe(0)
  const { status, told, last } = count()
  expect({ status, last }).toEqual({ status: 0, last: "1 passed, 0 failed" })
  expect(told).toMatch(/not tested: .*a\.test\.js: another/)
  expect(told).toMatch(/seconds {2}step\n +0 {2}true\n +\d+ {2}node .* run --root \.\n +\d+ {2}all\n/)
})

test("a step that is no test and fails is named, with the end of its output, and counted", () => {
  expect(step("sh", "-c", "echo line 1; echo the reason >&2; exit 3").status).toBe(1)
  const { status, told, last } = count()
  expect({ status, last }).toEqual({ status: 1, last: "0 passed, 1 failed" })
  expect(told).toContain("(3), outside of any test. Its output ended so:\nline 1\nthe reason\n")
  expect(told).toMatch(/ {2}sh -c .*: failed \(3\), 1 failure\n/)
})

test("a command that cannot be started, and one that is killed, have failed", () => {
  step("assay-has-no-such-command")
  step("sh", "-c", "kill -9 $$")
  const { told, last } = count()
  expect(last).toBe("0 passed, 2 failed")
  expect(told).toMatch(/assay-has-no-such-command: failed \(spawn assay-has-no-such-command ENOENT\)/)
  expect(told).toMatch(/failed \(SIGKILL\)/)
})

test("a test that fails is repeated with its message", () => {
  writeTest('test("a law", () => expect(1).toBe(2))\ntest("another", () => {})')
  expect(step("--report", ...vitest).status).toBe(1)
  const { told, last } = count()
  expect(last).toBe("1 passed, 1 failed")
  expect(told).toMatch(/failed: .*a\.test\.js: a law\n.*expected 1 to be 2/)
})

test("an error outside of tests is named and counted, though every test passed", () => {
  writeTest(
    'test("a law", () => { setTimeout(() => { throw new Error("nothing waits for me") }, 50) })\ntest("b", () => new Promise((done) => setTimeout(done, 300)))',
  )
  expect(step("--report", ...vitest).status).toBe(1)
  const { status, told, last } = count()
  expect({ status, last }).toEqual({ status: 1, last: "2 passed, 1 failed" })
  expect(told).toMatch(/failed outside of a test: .*a\.test\.js.*\n.*nothing waits for me/)
})

test("a hook that fails, and a file that cannot be loaded, are failures", () => {
  writeTest('test("a law", () => {})\nafterAll(() => { throw new Error("left behind") })')
  writeTest('throw new Error("not loaded")', "b.test.js")
  step("--report", ...vitest)
  const { told, last } = count()
  expect(last).toBe("1 passed, 2 failed")
  expect(told).toMatch(/a\.test\.js\n.*left behind/)
  expect(told).toMatch(/b\.test\.js\n.*not loaded/)
})

test("a run that ends before its report is a failure, however it ended", () => {
  step("--report", "sh", "-c", "echo begun; exit 0")
  const { told, last } = count()
  expect(last).toBe("0 passed, 1 failed")
  expect(told).toMatch(/failed: sh -c .* \(0\), and left no report\. Its output ended so:\nbegun\n/)
})

test("a step does not wait for processes that it leaves behind", () => {
  const { stdout } = step("sh", "-c", "sleep 20 & echo begun")
  expect(stdout).toMatch(/begun\n== .*: [1-9] s\n/)
})
