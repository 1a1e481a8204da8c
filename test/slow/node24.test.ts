import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"

/** Long-term support after the version that the project is developed on. */
const version = "24.21.0"

/**
 * npm has Node itself as a package for each platform. It is not among our own packages: its `node`
 * would be the one that npm's scripts run.
 */
const name = `node-${process.platform.replace("win32", "win")}-${process.arch}`

const assayRoot = path.resolve(import.meta.dirname, "../..")

let folder: string
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-node24-"))
  execFileSync("npm", ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", `${name}@${version}`])
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/**
 * What may break by the version of Node: the command, loading TypeScript, files, processes and
 * streams. What learns computes in native code that is the same for all.
 */
const rooms = [
  "test/cli",
  "test/dsl",
  "test/runtime/load",
  "test/runtime/fingerprint",
  "test/runtime/execute",
  "test/runtime/store",
  "test/engine/trace.test.ts",
]
const slowFiles = [
  "test/cli/launcher.slow.test.ts",
  "test/cli/runs.slow.test.ts",
  "test/laws/random-edits.slow.test.ts",
  "test/laws/warm-equals-cold.slow.test.ts",
  "test/serve/sql.slow.test.ts",
]

test(`on Node ${version} everything holds that Node's version could break`, () => {
  const node = path.join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node")
  expect(execFileSync(node, ["--version"], { encoding: "utf8" }).trim()).toBe(`v${version}`)
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const environment = Object.fromEntries(Object.entries(inherited).filter(([variable]) => !variable.startsWith("VITEST")))
  const options = { cwd: assayRoot, env: { ...environment, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` } }
  const suites = [rooms, ["--config", "vitest.slow.config.ts", ...slowFiles]]
  const reports = suites.map((suite, index) => {
    const report = path.join(folder, `report-${index}.json`)
    const given = ["run", ...suite, "--reporter=json", `--outputFile=${report}`]
    try {
      execFileSync(node, ["node_modules/vitest/vitest.mjs", ...given], { ...options, stdio: "ignore" })
    } catch {
      // What failed stands in the report.
    }
    return JSON.parse(fs.readFileSync(report, "utf8")) as Report
  })
  const failed = reports.flatMap(({ testResults }) =>
    testResults.flatMap(({ name: file, message, status, assertionResults }) => [
      ...(status === "failed" && message !== "" ? [`${file}: ${message}`] : []),
      ...assertionResults
        // What the machine lacks is skipped here as it is on the other Node.
        .filter((each) => each.status === "failed")
        .map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0]}`),
    ]),
  )
  // A diff would cut the messages.
  if (failed.length > 0) throw new Error(failed.join("\n\n"))
  expect(reports.map(({ success, numPassedTests }) => ({ success, some: numPassedTests > 10 }))).toEqual([
    { success: true, some: true },
    { success: true, some: true },
  ])
}, 1_200_000)

interface Report {
  readonly success: boolean
  readonly numPassedTests: number
  readonly testResults: ReadonlyArray<{
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: ReadonlyArray<{
      readonly status: string
      readonly fullName: string
      readonly failureMessages: ReadonlyArray<string>
    }>
  }>
}
