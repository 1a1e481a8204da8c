import * as fs from "node:fs"
import * as path from "node:path"
import { expect, test } from "vitest"
import { type Project, toyProject } from "../runtime/project.ts"

/** Of a toy that has run, the stages that would run after an edit. */
const rerun = async (toy: Project): Promise<ReadonlyArray<string>> =>
  (await toy.plan()).stages.filter(({ verdict }) => verdict === "run").map(({ id }) => id)

const draws = ["arms.seed=1.drawn", "arms.seed=2.drawn"]

const link = (toy: Project, file: string, target: string): void => {
  fs.rmSync(path.join(toy.root, file), { recursive: true, force: true })
  fs.symlinkSync(target, path.join(toy.root, file))
}

const packaged = (toy: Project, folder: string, fields: object, files: Readonly<Record<string, string>>): void => {
  toy.write(`${folder}/package.json`, JSON.stringify({ name: "lib", version: "1.0.0", main: "index.js", ...fields }))
  for (const [name, text] of Object.entries(files)) toy.write(`${folder}/${name}`, text)
}

/** Has the draws compute with what an import yields. */
const using = (toy: Project, statement: string, value = "value"): void =>
  void toy.edit("arithmetic/offset.ts", "export const offset = 5", `${statement}\nexport const offset = 5 + Number(${value})`)

test.each<[what: string, begin: (toy: Project) => void, edit: (toy: Project) => void]>([
  [
    "a linked module that is turned elsewhere",
    (toy) => {
      for (const n of [1, 2]) toy.write(`versions/${n}.ts`, `export const value = ${n}\n`)
      link(toy, "arithmetic/value.ts", "../versions/1.ts")
      using(toy, 'import { value } from "./value.ts"')
    },
    (toy) => link(toy, "arithmetic/value.ts", "../versions/2.ts"),
  ],
  [
    "a folder on the way to it that is turned elsewhere",
    (toy) => {
      for (const n of [1, 2]) toy.write(`versions/${n}/value.ts`, `export const value = ${n}\n`)
      link(toy, "arithmetic/library", "../versions/1")
      using(toy, 'import { value } from "./library/value.ts"')
    },
    (toy) => link(toy, "arithmetic/library", "../versions/2"),
  ],
  [
    "a package that is linked to another folder",
    (toy) => {
      for (const n of [1, 2]) packaged(toy, `linked/${n}`, {}, { "index.js": `exports.value = ${n}\n` })
      link(toy, "node_modules/lib", "../linked/1")
      using(toy, 'import { value } from "lib"')
    },
    (toy) => link(toy, "node_modules/lib", "../linked/2"),
  ],
  [
    "a module that comes to stand before another of its name",
    (toy) => {
      toy.write("arithmetic/value.js", "export const value = 1\n")
      using(toy, 'import { value } from "./value"')
    },
    (toy) => toy.write("arithmetic/value.ts", "export const value = 2\n"),
  ],
  [
    "an import that package.json sends elsewhere",
    (toy) => {
      for (const n of [1, 2]) toy.write(`versions/${n}.ts`, `export const value = ${n}\n`)
      toy.write("package.json", JSON.stringify({ imports: { "#value": "./versions/1.ts" } }))
      using(toy, 'import { value } from "#value"')
    },
    (toy) => toy.write("package.json", JSON.stringify({ imports: { "#value": "./versions/2.ts" } })),
  ],
  [
    "a package of the same name that is nearer",
    (toy) => {
      packaged(toy, "node_modules/lib", {}, { "index.js": "exports.value = 1\n" })
      using(toy, 'import { value } from "lib"')
    },
    (toy) => packaged(toy, "arithmetic/node_modules/lib", {}, { "index.js": "exports.value = 2\n" }),
  ],
  [
    "a file that is called as the compiler calls its own",
    (toy) => {
      toy.write("arithmetic/entry.js", "export const value = 1\n")
      using(toy, 'import { value } from "./entry.js"')
    },
    (toy) => toy.write("arithmetic/entry.js", "export const value = 2\n"),
  ],
  [
    "a file with a colon in its name",
    (toy) => {
      toy.write("arithmetic/a:b.ts", "export const value = 1\n")
      using(toy, 'import { value } from "./a:b.ts"')
    },
    (toy) => toy.write("arithmetic/a:b.ts", "export const value = 2\n"),
  ],
  [
    "a function whose name the program reads",
    (toy) => using(toy, "const helper = () => 1\nclass Model {}\nconst value = [helper, Model].map((each) => each.name).join().length"),
    (toy) => {
      toy.edit("arithmetic/offset.ts", "const helper = ", "const longerName = ")
      toy.edit("arithmetic/offset.ts", "[helper,", "[longerName,")
    },
  ],
  [
    "a local in a function whose text the program reads",
    (toy) => using(toy, "const plus = (left: number) => left + 1\nconst value = plus.toString().length"),
    (toy) => void toy.edit("arithmetic/offset.ts", "(left: number) => left + 1", "(other: number) => other + 1"),
  ],
])("%s reruns the stages that reach it", async (_, begin, edit) => {
  const toy = toyProject()
  begin(toy)
  await toy.run()
  expect(await rerun(toy)).toEqual([])
  edit(toy)
  expect(await rerun(toy)).toEqual(draws)
})

test("a package whose main moves is run as it is now, though the old file is still there", async () => {
  const toy = toyProject()
  packaged(toy, "node_modules/lib", {}, { "index.js": "exports.value = 1\n", "dist.js": "exports.value = 2\n" })
  using(toy, 'import { value } from "lib"')
  await toy.run()
  packaged(toy, "node_modules/lib", { version: "2.0.0", main: "dist.js" }, {})
  const { stages } = await toy.run()
  const fresh = toyProject()
  packaged(
    fresh,
    "node_modules/lib",
    { version: "2.0.0", main: "dist.js" },
    { "index.js": "exports.value = 1\n", "dist.js": "exports.value = 2\n" },
  )
  using(fresh, 'import { value } from "lib"')
  const { digestsOf } = await import("../runtime/project.ts")
  expect(stages.find(({ id }) => id === draws[0])?.outcome).toBe("finished")
  expect(await digestsOf(toy, await toy.run())).toEqual(await digestsOf(fresh, await fresh.run()))
})

test("a file of a package that was edited in place counts, though its size and its time are what they were", async () => {
  const toy = toyProject()
  packaged(toy, "node_modules/lib", {}, { "index.js": "exports.value = 1\n" })
  using(toy, 'import { value } from "lib"')
  await toy.run()
  // What is remembered of a package has to have been at rest.
  await new Promise((resolve) => setTimeout(resolve, 2_200))
  expect(await rerun(toy)).toEqual([])
  const file = path.join(toy.root, "node_modules/lib/index.js")
  const { atime, mtime } = fs.statSync(file)
  fs.writeFileSync(file, "exports.value = 2\n")
  fs.utimesSync(file, atime, mtime)
  expect(await rerun(toy)).toEqual(draws)
})

test("a bundle that was written to is made again before it runs", async () => {
  const toy = toyProject({ environment: { ASSAY_CACHE: fs.mkdtempSync(path.join(fs.realpathSync("/tmp"), "assay-bundles-")) } })
  using(toy, "const value = 1")
  const before = await toy.run()
  const cache = toy.cache
  for (const name of fs.readdirSync(cache).filter((each) => each.endsWith(".mjs"))) {
    const text = fs.readFileSync(path.join(cache, name), "utf8")
    fs.writeFileSync(path.join(cache, name), text.replaceAll("5 + Number(value)", "6 + Number(value)"))
  }
  fs.rmSync(path.join(toy.store, "results"), { recursive: true })
  const { digestsOf } = await import("../runtime/project.ts")
  const after = await toy.run()
  expect(after.stages.map(({ outcome }) => outcome)).not.toContain("cached")
  expect(after.stages.map(({ key }) => key)).toEqual(before.stages.map(({ key }) => key))
  const fresh = toyProject()
  using(fresh, "const value = 1")
  expect(await digestsOf(toy, after)).toEqual(await digestsOf(fresh, await fresh.run()))
  fs.rmSync(cache, { recursive: true, force: true })
})
