import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { toyProject } from "../runtime/project.ts"
import { startProcess } from "../slow/toy.ts"

const launcher = path.resolve(import.meta.dirname, "../../cli/assay.mjs")

let folder = ""
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-keys-")))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const keysOf = async (root: string, environment: Readonly<Record<string, string>> = {}): Promise<unknown> => {
  const { stdout, stderr, code } = await startProcess(process.execPath, [launcher, "plan", "pipeline.ts", "--json"], root, environment)
    .ended
  expect(stderr).toBe("")
  expect(code).toBe(0)
  const { stages } = JSON.parse(stdout) as { readonly stages: ReadonlyArray<{ readonly id: string; readonly key: string | null }> }
  return stages.map(({ id, key }) => [id, key])
}

test("keys do not depend on the folder, the environment and its order, the locale or the time zone", async () => {
  const toy = toyProject()
  await toy.run()
  const expected = (await toy.plan()).stages.map(({ id, key }) => [id, key])
  expect(JSON.stringify(expected)).not.toContain("null")
  const elsewhere = path.join(folder, "a longer name, with ü and spaces", "project")
  fs.cpSync(toy.root, elsewhere, { recursive: true })
  const { PATH = "", HOME = "" } = process.env
  const store = toy.store
  expect(await keysOf(elsewhere)).toEqual(expected)
  expect(await keysOf(elsewhere, { LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8", TZ: "Pacific/Kiritimati" })).toEqual(expected)
  expect(await keysOf(toy.root, { LANG: "C", TZ: "America/Caracas", ZZZ: "1", AAA: "2", ASSAY_STORE: store })).toEqual(expected)
  expect(await keysOf(toy.root, { HOME, PATH, NODE_ENV: "production", SOURCE_DATE_EPOCH: "0" })).toEqual(expected)
})

test("keys do not depend on the order in which parameters are declared or given, nor on that of fields in them", async () => {
  const toy = toyProject()
  const expected = (await toy.plan()).stages.map(({ key }) => key)
  toy.edit("stages.ts", "{ count: Schema.Int, seed: Schema.Int }", "{ seed: Schema.Int, count: Schema.Int }")
  toy.edit("pipeline.ts", "draw({ count: 20, seed })", "draw({ seed, count: 20 })")
  expect((await toy.plan()).stages.map(({ key }) => key)).toEqual(expected)
})
