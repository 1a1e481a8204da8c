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
