import * as fs from "node:fs"
import { Effect } from "effect"
import fc from "fast-check"
import { expect, test } from "vitest"
import { Recipe, type RecipeShape } from "../../runtime/fingerprint/recipe.ts"
import { loadPipeline, type Plan, plan, run } from "../../runtime/index.ts"
import { type Project, project, recorded, toyProject } from "../runtime/project.ts"

const verdicts = ({ stages }: Plan) => Object.fromEntries(stages.map(({ id, verdict }) => [id, verdict]))
const rerun = ({ stages }: Plan) => stages.filter(({ verdict }) => verdict === "run").map(({ id }) => id)
const named = ({ stages }: Plan) => [...new Set(stages.flatMap(({ because }) => because.map(({ component }) => component)))]

/** Next year's tools, which write the same code in other words. */
const upgraded: RecipeShape = {
  name: () => "esbuild 9, terser 9",
  canonical: async (code) => {
    const now = Effect.runSync(Recipe)
    return `/* next year */${(await now.canonical(code)).replaceAll(";", " ;")}`
  },
}

const planWith = (toy: Project, recipe: RecipeShape) =>
  toy.provided(Effect.flatMap(loadPipeline(`${toy.root}/pipeline.ts`), plan).pipe(Effect.provideService(Recipe, recipe)))

test("an upgrade of the tools reruns nothing, also together with an edit of a comment", async () => {
  const toy = toyProject()
  await toy.run()
  expect(rerun(await planWith(toy, upgraded))).toEqual([])
  toy.edit("arithmetic/power.ts", "/** A private helper. */", "/** Multiplies. */")
  expect(rerun(await planWith(toy, upgraded))).toEqual([])
  toy.edit("arithmetic/power.ts", "/** Multiplies. */", "/** So it does. */")
  expect(rerun(await planWith(toy, upgraded))).toEqual([])
})

test("after an upgrade of the tools, an edit that matters reruns what it always did, and its undoing finds the old result", async () => {
  const toy = toyProject()
  await toy.run()
  const undo = toy.edit("arithmetic/power.ts", "left * right", "right * left")
  expect(rerun(await planWith(toy, upgraded))).toEqual(["arms.seed=1.squared", "arms.seed=2.squared"])
  undo()
  expect(rerun(await planWith(toy, upgraded))).toEqual([])
})

test("sources that were moved since are compared as they were recorded", async () => {
  const toy = toyProject()
  await toy.run()
  const text = fs.readFileSync(`${toy.root}/arithmetic/power.ts`, "utf8")
  fs.rmSync(`${toy.root}/arithmetic/power.ts`)
  toy.write("arithmetic/square.ts", text)
  toy.edit("arithmetic/index.ts", "./power.ts", "./square.ts")
  expect(rerun(await planWith(toy, upgraded))).toEqual([])
})

const optionalPackage = () =>
  project({
    "stages.ts": `
import { files, stage } from "assay"
export const quick = stage({ name: "quick", inputs: {}, parameters: {}, outputs: { out: files("out") }, run: () => import("./quick.ts") })
`,
    "quick.ts": `
export const run = async ({ outputs }) => {
  const fast = await import("faster").then((module) => module.default, () => "slow")
  await outputs.out.write("how.txt", fast)
}
`,
    "pipeline.ts": `
import { pipeline } from "assay"
import { quick } from "./stages.ts"
export default pipeline("quick", () => quick({}))
`,
  })

test("a package that is loaded only where it is installed counts as not installed, and installing it is noticed", async () => {
  const user = optionalPackage()
  await user.run()
  expect(rerun(await user.plan())).toEqual([])
  user.write("node_modules/faster/package.json", JSON.stringify({ name: "faster", version: "2.0.0", main: "index.js" }))
  user.write("node_modules/faster/index.js", 'module.exports = "fast"\n')
  const planned = await user.plan()
  expect(planned.stages[0]?.because).toMatchObject([
    { component: "packages.faster", before: "not installed", after: expect.stringMatching(/^2\.0\.0 sha256-[0-9a-f]{64}$/), root: "quick" },
  ])
  await user.run()
  fs.rmSync(`${user.root}/node_modules/faster`, { recursive: true })
  expect(rerun(await user.plan())).toEqual([])
})

test.each([
  ["calls eval", "const five = () => eval('5')", "it calls eval"],
  ["makes code from text", "const five = new Function('return 5')", "it makes code from text"],
  [
    "imports by a computed name",
    "const five = (name?: string) => (name === undefined ? 5 : import(name))",
    "it imports a module whose name is computed",
  ],
])("where a stage's code %s, all of its files count as they are, and that is said", async (_, code, reason) => {
  const toy = toyProject()
  toy.edit("arithmetic/offset.ts", "export const offset = 5", `${code}\nexport const offset = Number(five())`)
  const [summary, events] = await toy.provided(Effect.flatMap(loadPipeline(`${toy.root}/pipeline.ts`), (loaded) => recorded(run(loaded))))
  expect(summary.outcome).toBe("done")
  expect(events.flatMap((event) => (event.type === "warning" ? [event.message] : []))).toContainEqual(
    `${reason}, so any edit of its files counts as a change of its code`,
  )
  expect(Object.values(verdicts(await toy.plan()))).not.toContain("run")
  toy.edit("generator.ts", "export class", "// Of Lehmer.\nexport class")
  const after = await toy.plan()
  expect(rerun(after)).toEqual(["arms.seed=1.drawn", "arms.seed=2.drawn"])
  expect(named(after)).toContain("code.files")
})

test("a declared version holds against any edit of the code, and lists what changed underneath", async () => {
  const toy = toyProject()
  toy.edit("stages.ts", 'name: "square",', 'name: "square", version: "2",')
  await toy.run()
  toy.edit("arithmetic/power.ts", "left * right", "right * left")
  const planned = await toy.plan()
  expect(rerun(planned)).toEqual([])
  expect(planned.stages.find(({ id }) => id === "arms.seed=1.squared")?.remarks).toEqual([
    "its code is pinned to version 2; changed underneath: arithmetic/power.ts",
  ])
  const [, events] = await toy.provided(Effect.flatMap(loadPipeline(`${toy.root}/pipeline.ts`), (loaded) => recorded(run(loaded))))
  expect(events.filter(({ type }) => type === "warning")).toHaveLength(2)
  toy.edit("stages.ts", 'version: "2",', 'version: "3",')
  expect(rerun(await toy.plan())).toEqual(["arms.seed=1.squared", "arms.seed=2.squared"])
})

test("packages count with their whole closure: version, the bytes of every file, what they need, and nothing that no stage reaches", async () => {
  const toy = toyProject()
  await toy.run()
  const edits: ReadonlyArray<readonly [string, () => void, ReadonlyArray<string>]> = [
    [
      "a file of a package that nothing imports",
      () => toy.write("node_modules/toy-package/data/words.txt", "a word"),
      ["packages.toy-package"],
    ],
    ["one byte of it", () => toy.write("node_modules/toy-package/data/words.txt", "a work"), ["packages.toy-package"]],
    [
      "a file of a package's package",
      () => toy.write("node_modules/toy-base/index.js", "exports.other = 1"),
      ["packages.toy-base", "packages.toy-package"],
    ],
    [
      "a package that another needs now",
      () => {
        toy.write("node_modules/toy-base/package.json", JSON.stringify({ name: "toy-base", version: "1.0.0", dependencies: { deep: "1" } }))
        toy.write("node_modules/deep/package.json", JSON.stringify({ name: "deep", version: "1.0.0" }))
      },
      ["packages.deep", "packages.toy-base", "packages.toy-package"],
    ],
    [
      "a second version of a package, nested",
      () =>
        toy.write("node_modules/toy-package/node_modules/toy-base/package.json", JSON.stringify({ name: "toy-base", version: "0.9.0" })),
      ["packages.deep", "packages.toy-base", "packages.toy-package"],
    ],
  ]
  for (const [what, edit, components] of edits) {
    edit()
    const planned = await toy.plan()
    expect(rerun(planned), what).toEqual(["summary"])
    const found = named(planned)
    for (const component of found) expect(components, what).toContain(component)
    expect(found.length, what).toBeGreaterThan(0)
  }
  await toy.run()
  toy.write(
    "node_modules/.package-lock.json",
    JSON.stringify({ packages: { "node_modules/toy-base": { version: "1.0.0", integrity: "sha512-other" } } }),
  )
  toy.write("node_modules/unrelated/package.json", JSON.stringify({ name: "unrelated", version: "1.0.0" }))
  expect(rerun(await toy.plan())).toEqual([])
})

const parametrised = (
  call: string,
  fields = "rate: Schema.Finite, name: Schema.optionalKey(Schema.String), many: Schema.optionalKey(Schema.Array(Schema.Finite))",
) =>
  project({
    "stages.ts": `
import { files, stage } from "assay"
import { Schema } from "effect"
export const one = stage({ name: "one", inputs: {}, parameters: { ${fields} }, outputs: { out: files("out") }, run: () => import("./one.ts") })
`,
    "one.ts": 'export const run = async ({ parameters, outputs }) => outputs.out.write("p.json", JSON.stringify(parameters))\n',
    "pipeline.ts": `
import { pipeline } from "assay"
import { one } from "./stages.ts"
export default pipeline("one", () => one(${call}))
`,
  })

const keyOf = async (call: string) => (await parametrised(call).plan()).stages[0]?.key

test("parameters count as what they mean: order of keys, spelling of numbers, −0 and absent against undefined make no difference", async () => {
  const key = await keyOf('{ rate: 0.1, name: "a" }')
  expect(key).toMatch(/^[0-9a-f]{64}$/)
  for (const same of ['{ name: "a", rate: 0.1 }', '{ rate: 1e-1, name: "\\u0061" }', '{ rate: 0.10, name: "a", many: undefined }'])
    expect(await keyOf(same)).toBe(key)
  expect(await keyOf("{ rate: -0 }")).toBe(await keyOf("{ rate: 0 }"))
  for (const other of ["{ rate: 0.1 }", '{ rate: 0.1, name: "" }', '{ rate: 0.1, name: "a", many: [] }', '{ rate: 0.2, name: "a" }'])
    expect(await keyOf(other)).not.toBe(key)
})

test.each(["Number.NaN", "Infinity", "-Infinity"])(
  "a parameter of %s is refused where it is written, also inside of a list",
  async (value) => {
    for (const call of [`{ rate: ${value} }`, `{ rate: 1, many: [0, ${value}] }`])
      await expect(parametrised(call).plan()).rejects.toMatchObject({ _tag: "DeclarationFailed" })
  },
)

/** What JSON can hold, but for a key that no stage may have. */
const fields = fc.dictionary(fc.string(), fc.jsonValue()).filter((value) => !JSON.stringify(value).includes('"__proto__"'))

test("different parameters never have one key", async () => {
  const { keyOf, vectorOf } = await import("../../runtime/fingerprint/vector.ts")
  const declaration = {
    name: "s",
    inputs: {},
    outputs: {},
    threads: 1,
    memory: 0,
    gpus: 0,
    labels: [],
    retries: 0,
    engine: false,
    reads: [],
    parameters: {},
    readParameters: () => ({ values: {}, plugins: [] }),
    plugins: {},
    run: async () => ({}),
  }
  const key = (parameters: object) =>
    keyOf(
      vectorOf(
        { id: "s", at: {}, group: "s", declaration, parameters: parameters as never, inputs: [], plugins: [] },
        { code: "c", packages: {}, engine: null, program: null, plugins: [] },
        {},
      ),
    )
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
  fc.assert(
    fc.property(fields, fields, (a, b) => {
      const same = JSON.stringify(sorted(plain(a))) === JSON.stringify(sorted(plain(b)))
      expect(key(a) === key(b)).toBe(same)
    }),
  )
})

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== "object" || value === null) return value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => [key, sorted(entry)])
}
