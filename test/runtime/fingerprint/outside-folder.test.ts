import * as fs from "node:fs"
import * as path from "node:path"
import { Effect } from "effect"
import { expect, test } from "vitest"
import { Results } from "../../../runtime/index.ts"
import { type Project, project } from "../project.ts"

const stages = `
import { File, stage, table } from "assay"
export const Names = table("names", { name: "utf8" })
export const list = stage({ name: "list", inputs: { folder: File }, parameters: {}, outputs: { names: Names }, run: () => import("./list.ts") })
export const read = stage({ name: "read", inputs: { table: Names }, parameters: {}, outputs: { names: Names }, run: () => import("./list.ts") })
`
const lister = `
export const run = async ({ inputs, outputs }) => {
  const { folder } = inputs
  for (const name of folder.names) console.log(name + " " + new TextDecoder().decode(await folder.read(name)))
  await outputs.names.append(folder.names.map((name) => ({ name })))
}
`
const pipeline = `
import { file, pipeline } from "assay"
import { list } from "./stages.ts"
export default pipeline("folders", () => ({ all: list({ folder: file("data") }), inner: list({ folder: file("data/b/") }), one: list({ folder: file("data/a.txt") }) }))
`

const folders = (pool = true): Project =>
  project(
    {
      "stages.ts": stages,
      "list.ts": lister,
      "pipeline.ts": pipeline,
      "data/a.txt": "A",
      "data/b/c.txt": "C",
      "data/b.txt": "B",
      "data/.hidden": "no",
      "data/b/.cache/x": "no",
    },
    { pool },
  )

const rerun = async (folder: Project) =>
  (await folder.plan()).stages
    .filter(({ verdict }) => verdict !== "cached")
    .map(({ id, because }) => [id, because.map(({ component }) => component)])

test("a folder is an artifact of its files, hidden ones left out, and what changes in it reruns exactly its readers", async () => {
  const folder = folders()
  // As the cache of Hugging Face's hub has it.
  folder.write("blobs/12ab", "C")
  fs.rmSync(path.join(folder.root, "data/b/c.txt"))
  fs.symlinkSync("../../blobs/12ab", path.join(folder.root, "data/b/c.txt"))
  const summary = await folder.run()
  const printed = async (id: string) => {
    const key = summary.stages.find((stage) => stage.id === id)?.key ?? ""
    return (await folder.provided(Effect.flatMap(Results, ({ manifest }) => manifest(key))))?.printed
  }
  expect(await printed("all")).toEqual(["a.txt A", "b.txt B", "b/c.txt C"])
  expect(await printed("inner")).toEqual(["c.txt C"])
  expect(await printed("one")).toEqual(["a.txt A"])
  expect(await rerun(folder)).toEqual([])

  folder.write("data/.hidden", "still no")
  folder.write("data/b/.cache/y", "no")
  expect(await rerun(folder)).toEqual([])

  const undo = folder.edit("data/b/c.txt", "C", "D")
  expect(await rerun(folder)).toEqual([
    ["all", ["inputs.folder"]],
    ["inner", ["inputs.folder"]],
  ])
  undo()
  expect(await rerun(folder)).toEqual([])

  folder.write("data/new.txt", "N")
  expect(await rerun(folder)).toEqual([["all", ["inputs.folder"]]])
  fs.rmSync(path.join(folder.root, "data/new.txt"))
  fs.renameSync(path.join(folder.root, "data/b/c.txt"), path.join(folder.root, "data/b/d.txt"))
  expect((await rerun(folder)).map(([id]) => id)).toEqual(["all", "inner"])
})

test("an empty folder, a folder for a table, and a link that leads back into itself are refused by name", async () => {
  const refusal = (folder: Project) =>
    folder.plan().then(
      () => undefined,
      (error: { readonly message: string }) => error.message,
    )
  const folder = folders()
  fs.symlinkSync(path.join(folder.root, "data"), path.join(folder.root, "data/b/loop"))
  expect(await refusal(folder)).toMatch(/^file\("data"\) cannot be read: .*loop: it is a link to a folder that it lies in$/)
  fs.rmSync(path.join(folder.root, "data/b/loop"))
  folder.write(
    "pipeline.ts",
    pipeline.replace('list({ folder: file("data") })', 'read({ table: file("data", Names) })').replace("{ list }", "{ list, Names, read }"),
  )
  expect(await refusal(folder)).toMatch(
    /^file\("data"\) cannot be read: .*data: it is a folder, and a table is one Parquet file; name the file$/,
  )
  folder.write("pipeline.ts", pipeline.replace('"data/b/"', '"empty"'))
  fs.mkdirSync(path.join(folder.root, "empty/.git"), { recursive: true })
  fs.writeFileSync(path.join(folder.root, "empty/.git/HEAD"), "")
  expect(await refusal(folder)).toMatch(/^file\("empty"\) cannot be read: .*empty: the folder holds no file/)
})

test("files that match a pattern are an artifact, and what is beside them reruns nothing", async () => {
  const folder = folders()
  folder.write("pipeline.ts", pipeline.replace(/all: .*\}\)\)/, 'texts: list({ folder: file("data/{a,b*}.txt") }) }))'))
  const summary = await folder.run()
  const key = summary.stages.find(({ id }) => id === "texts")?.key ?? ""
  const manifest = await folder.provided(Effect.flatMap(Results, ({ manifest }) => manifest(key)))
  expect(manifest?.printed).toEqual(["a.txt A", "b.txt B"])
  folder.write("data/c.txt", "C")
  expect(await rerun(folder)).toEqual([])
  folder.write("data/b2.txt", "B")
  expect(await rerun(folder)).toEqual([["texts", ["inputs.folder"]]])
  for (const name of ["a.txt", "b.txt", "b2.txt"]) fs.rmSync(path.join(folder.root, "data", name))
  const message = await folder.plan().then(
    () => undefined,
    (error: { readonly message: string }) => error.message,
  )
  expect(message).toMatch(/^file\("data\/\{a,b\*\}\.txt"\) cannot be read: .*: no file matches; its folder has \.hidden, b, c\.txt$/)
})

test("a folder that changes while a stage reads it fails the stage", async () => {
  const folder = folders(false)
  const grown = path.join(folder.root, "data/grown.txt")
  folder.write("pipeline.ts", pipeline.replace(/, inner.*\}\)\)/, " }))"))
  const append = `;(await import("node:fs")).appendFileSync(${JSON.stringify(grown)}, "x")`
  folder.write("list.ts", lister.replace("  for (", `  ${append}\n  for (`))
  const { failures } = await folder.run()
  expect(failures.map(({ message }) => message).join()).toMatch(/data was changed while the stage read it; run again/)
})
