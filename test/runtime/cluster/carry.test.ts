import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { fetchCode, readCarried } from "../../../runtime/cluster/carried.ts"
import { carry } from "../../../runtime/cluster/carry.ts"
import { readyOf } from "../../../runtime/execute/ready.ts"
import { fingerprintCode } from "../../../runtime/fingerprint/graph-code.ts"
import { loadPipeline, Results, storeLayer } from "../../../runtime/index.ts"
import { type Project, project, toyProject } from "../project.ts"

/** What a run in `user` computed, and the submission of the same pipeline. */
const submitted = (user: Project) =>
  user.provided(
    Effect.gen(function* () {
      const { graph } = yield* loadPipeline(path.join(user.root, "pipeline.ts"))
      return yield* carry(graph, yield* fingerprintCode(graph))
    }).pipe(Effect.provide(storeLayer)),
  )

test("on a machine without the project's sources, a submission gives every stage the key that it had where it was made", async () => {
  const user = toyProject()
  const { stages, outcome } = await user.run()
  expect(outcome).toBe("done")
  const digest = await submitted(user)
  // The other machine has the store and the packages, in another folder.
  const other = project({}, { environment: { ASSAY_STORE: user.store } })
  fs.cpSync(path.join(user.root, "node_modules"), path.join(other.root, "node_modules"), { recursive: true })
  const keys = await other.provided(
    Effect.gen(function* () {
      const carried = yield* readCarried(digest)
      const results = yield* Results
      const manifests = new Map()
      const found: Array<readonly [string, string | null]> = []
      for (const stage of carried.graph.stages) {
        const code = yield* fetchCode(carried, stage)
        expect(fs.existsSync(code.bundles().bundle)).toBe(true)
        expect(fs.readFileSync(code.bundles().bundle, "utf8")).not.toContain(user.root)
        const { key } = readyOf(stage, code, manifests, "a run")
        const manifest = yield* results.manifest(key)
        if (manifest !== null) manifests.set(stage.id, manifest)
        found.push([stage.id, key])
      }
      return found
    }).pipe(Effect.provide(storeLayer)),
  )
  expect(Object.fromEntries(keys)).toEqual(Object.fromEntries(stages.map(({ id, key }) => [id, key])))
})

test("two submissions of one pipeline are the same, and an edit makes another", async () => {
  const user = toyProject()
  const first = await submitted(user)
  expect(await submitted(user)).toBe(first)
  user.edit("pipeline.ts", "count: 20", "count: 21")
  expect(await submitted(user)).not.toBe(first)
})

test("a stage that would look on a worker's disk for a file of this machine is refused, with what to do", async () => {
  const user = project({
    "read.ts": 'export const run = async ({ outputs }) => outputs.out.write("a", "b")',
    "pipeline.ts": `
import { files, pipeline, stage } from "assay"
const read = stage({ name: "read", inputs: {}, parameters: {}, outputs: { out: files("out") }, reads: ["file:words.txt"], readsAs: "1", run: () => import("./read.ts") })
export default pipeline("reads", () => ({ read: read({}) }))
`,
  })
  await expect(submitted(user)).rejects.toMatchObject({
    _tag: "CannotTravel",
    message: expect.stringContaining("hand it over as an input, by file(…)"),
  })
})

test("the files of a program travel as objects, and are the ones that it is run with", async () => {
  const user = project({
    "lib/train.mjs": "export const n = 3",
    "main.mjs":
      'import { writeFileSync } from "node:fs"; import { n } from "./lib/train.mjs"; writeFileSync("outputs/made.csv", ["n", n, ""].join("\\n"))',
    "pipeline.ts": `
import { pipeline, table } from "assay"
import { command } from "assay/stages"
const make = command({ name: "make", outputs: { made: table("numbers", { n: "int32" }) }, files: ["main.mjs", "lib"], run: ["node", "main.mjs"], environment: { node: { output: ["node", "--version"] }, lock: { file: "package.json" } } })
export default pipeline("travels", () => ({ made: make({}) }))
`,
  })
  const { stages } = await user.run()
  const digest = await submitted(user)
  const other = project({}, { environment: { ASSAY_STORE: user.store } })
  fs.rmSync(path.join(user.root, "lib"), { recursive: true })
  const [key, program] = await other.provided(
    Effect.gen(function* () {
      const carried = yield* readCarried(digest)
      const [stage] = carried.graph.stages as readonly [(typeof carried.graph.stages)[number]]
      const code = yield* fetchCode(carried, stage)
      return [readyOf(stage, code, new Map(), "a run").key, code.command(stage)] as const
    }).pipe(Effect.provide(storeLayer)),
  )
  expect(key).toBe(stages[0]?.key)
  expect(program?.files.map(({ name }) => name)).toEqual(["lib/train.mjs", "main.mjs"])
  for (const file of program?.files ?? []) expect(file.path.startsWith(path.join(user.store, "objects"))).toBe(true)
  expect(fs.readFileSync(program?.files[0]?.path ?? "", "utf8")).toBe("export const n = 3")
  expect(program?.versions).toEqual([{ name: "node", command: ["node", "--version"], printed: process.version }])
})
