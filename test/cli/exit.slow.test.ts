import { spawn } from "node:child_process"
import { mkdir } from "node:fs/promises"
import { join, resolve } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openProject, type Project, removeProject } from "./project.ts"

let project: Project
beforeAll(async () => {
  project = await openProject()
  await project.assay(["run", "toy.ts"])
})
afterAll(() => removeProject(project))

const toy = 'import toy from "./toy.ts"\n'

describe("a pipeline file ends nothing", () => {
  test.each([
    ["exits", "process.exit(0)", /^assay: .*bad\.ts:1:9: process\.exit\(\) is called while the file is loaded: .*\n$/],
    ["waits for what never comes", "await new Promise(() => {})", /bad\.ts: its top-level await never settles/],
    ["exits later", `${toy}setTimeout(() => process.exit(0))\nexport default toy`, /^assay: process\.exit\(\) is called by something/m],
  ])("one that %s is refused", async (_, content, message) => {
    await project.write("bad.ts", content)
    const ended = await project.assay(["run", "bad.ts"])
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(message) })
  })

  test.each([
    ["loops", 'import { pipeline } from "assay"\nexport default pipeline("p", () => { console.error("loading"); for (;;) {} })'],
    ["waits", 'console.error("loading")\nawait new Promise((done) => setTimeout(done, 1e6))'],
  ])("Ctrl-C ends one that %s for ever", async (_, content) => {
    await project.write("bad.ts", content)
    let signalled = 0
    const ended = await project.assay(["run", "bad.ts"], {}, (text, signal) => {
      if (!text.includes("loading")) return
      signalled = performance.now()
      signal("SIGINT")
    })
    // A shell makes 130 of it.
    expect(ended).toMatchObject({ code: null, signal: "SIGINT" })
    expect(performance.now() - signalled).toBeLessThan(1500)
  })
})

describe("the exit code says whose turn it is", () => {
  test("help names them all", async () => {
    const { stdout } = await project.assay(["--help"])
    expect([...stdout.matchAll(/^ {2}(\d+) {2,}\w/gm)].map(([, code]) => Number(code))).toEqual([0, 1, 2, 3, 4, 70, 130])
  })

  test("3 where a store, a cache or a folder cannot be written", async () => {
    const { folder } = project
    const store = await project.assay(["run", "toy.ts"], { ASSAY_STORE: join(folder, "toy.ts", "store") })
    expect(store).toMatchObject({ code: 3, stderr: expect.stringContaining("make room or change its permissions") })
    const cache = await project.assay(["plan", "toy.ts"], { ASSAY_CACHE: join(folder, "toy.ts", "cache") })
    expect(cache).toMatchObject({ code: 3, stderr: expect.stringMatching(/the cache .*toy\.ts\/cache cannot be used: .*ASSAY_CACHE/) })
    expect(await project.assay(["export", "text", "toy.ts/out"])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("cannot be written"),
    })
    await mkdir(join(folder, "taken"))
    await project.write("taken/text.parquet", "mine")
    expect(await project.assay(["export", "text", "taken"])).toMatchObject({ code: 2, stderr: expect.stringContaining("already exists") })
  })

  test("3 where stdout cannot be written because the disk is full", async () => {
    for (const verb of ["ls", "ls --json"]) {
      const script = `cd "$1" && "$2" "$3" ${verb} > /dev/full`
      const arguments_ = ["-c", script, "sh", project.folder, process.execPath, resolve(import.meta.dirname, "../../cli/assay.mjs")]
      const code = await new Promise((done) => spawn("sh", arguments_, { stdio: "ignore" }).on("close", done))
      expect(code).toBe(3)
    }
  })

  test("3 where a stage fails because a disk is full", async () => {
    // As the system says it; a stage cannot reach a disk of its own here.
    await project.write("full.ts", 'export const run = () => { throw new Error("ENOSPC: no space left on device, write") }')
    await project.write(
      "filling.ts",
      `import { files, pipeline, stage } from "assay"
const full = stage({ name: "full", inputs: {}, parameters: {}, outputs: { out: files("out") }, run: () => import("./full.ts") })
export default pipeline("filling", () => ({ full: full({}) }))`,
    )
    const ended = await project.assay(["run", "filling.ts"])
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringMatching(/^assay: a disk is full: make room and run again/m) })
  })
})

test("a failure is said once, and at the end only which stages failed", async () => {
  const { code, stderr } = await project.assay(["run", "toy.ts", "--set", "optimize.beta=500"])
  expect(code).toBe(1)
  const lines = stderr.split("\n")
  expect(lines.filter((line) => line.includes("the loss is NaN at step 3"))).toHaveLength(2)
  expect(lines.filter((line) => line.startsWith("failed   arms.beta=0.1.offline: Diverged: the loss is NaN"))).toHaveLength(1)
  expect(lines.at(-2)).toBe('assay: 2 stages failed: arms.beta=0.1.offline, arms.beta=0.5.offline; "assay replay <stage>" runs one again')
})

test("run takes --set as plan does", async () => {
  const set = ["--set", "arms.beta=0.1.offline.steps=7"]
  expect((await project.assay(["plan", "toy.ts", ...set])).stdout).toMatch(
    /^run {6}arms\.beta=0\.1\.offline\n {9}parameters\.steps: 5 → 7$/m,
  )
  expect((await project.assay(["run", "toy.ts", ...set])).stderr).toMatch(/^done: 2 cached, 2 computed in /m)
  expect((await project.assay(["plan", "toy.ts", ...set])).stdout).toMatch(/^toy: 4 cached, 0 to run$/m)
  expect(await project.assay(["run", "toy.ts", "--set", "optimise.steps=7"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("did you mean optimize"),
  })
})

test("nothing that a stage, a corpus or an id says moves the cursor", async () => {
  const evil = "\\u001b[2J\\u0007\\u009b31m\\u202e\\r"
  await project.write(
    "evil.ts",
    `export const run = async ({ outputs, parameters }) => {
  console.log("said ${evil}")
  if (parameters.fails) throw new Error("failed ${evil}\\n and more")
  await outputs.text.append([{ "text ${evil}": "cell ${evil}" }])
}`,
  )
  await project.write(
    "screen.ts",
    `import { named, pipeline, stage, table } from "assay"
import { Schema } from "effect"
const evil = stage({ name: "evil ${evil}", inputs: {}, parameters: { fails: Schema.Boolean }, outputs: { text: table("text", { "text ${evil}": "utf8" }) }, run: () => import("./evil.ts") })
export default pipeline("screen ${evil}", () => ({ good: named("good ${evil}", evil({ fails: false })), bad: evil({ fails: true }) }))`,
  )
  const calls = [
    ["plan", "screen.ts"],
    ["run", "screen.ts"],
    ["run", "screen.ts", "--json"],
    ["ls"],
    ["replay", "bad"],
    ["show", JSON.parse(`"good ${evil}"`) as string],
  ]
  for (const call of calls) {
    const { stdout, stderr } = await project.assay(call)
    expect({ call, controls: `${stdout}${stderr}`.match(/[^\n\P{Cc}]|\p{Bidi_Control}/gu) }).toEqual({ call, controls: null })
    expect(stdout + stderr).toContain("\\u001b[2J")
  }
})
