import { Effect } from "effect"
import { expect, test } from "vitest"
import { loadPipeline, run, type Warning } from "../../../runtime/index.ts"
import { type Project, project, recorded, toyProject } from "../project.ts"

const checked = '  check: () => import("./checked.ts"),\n'

/** The toy pipeline, whose summary is checked by this module. */
const toyChecked = (module: string): Project => {
  const toy = toyProject()
  toy.write("checked.ts", module)
  toy.edit("stages.ts", '  run: () => import("./summarise.ts"),\n', `  run: () => import("./summarise.ts"),\n${checked}`)
  return toy
}

const says = (expression: string) => `import type { Check } from "assay"\nexport const check: Check = async (stage) => [${expression}]\n`

const warningsOf = async (toy: Project): Promise<ReadonlyArray<Warning>> => (await toy.plan()).warnings

const ran = async (toy: Project) => {
  const [, events] = await toy.provided(recorded(Effect.flatMap(loadPipeline(`${toy.root}/pipeline.ts`), run)))
  return events.flatMap((event) => (event.type === "warning" ? [[event.id, event.message]] : []))
}

test("a check sees what the pipeline declares: parameters, producers as deep as they go, and files by their paths", async () => {
  const toy = toyChecked(
    says(`JSON.stringify({
      name: stage.name,
      parameters: stage.parameters,
      note: stage.inputs.note,
      parts: stage.inputs.parts?.map((part) => "stage" in part && [part.output, part.stage.name, part.stage.inputs.numbers?.map((from) => "stage" in from && from.stage.parameters)]),
    })`),
  )
  const [warning, ...others] = await warningsOf(toy)
  expect(others).toEqual([])
  expect(warning?.ids).toEqual(["summary"])
  expect(JSON.parse(warning?.message ?? "")).toEqual({
    name: "summarise",
    parameters: { digits: 3 },
    note: [{ file: `${toy.root}/note.txt` }],
    parts: [
      ["numbers", "draw", null],
      ["numbers", "square", [{ count: 20, seed: 1 }]],
      ["numbers", "draw", null],
      ["numbers", "square", [{ count: 20, seed: 2 }]],
    ],
  })
})

test("warnings change no key, are said when a run starts, and not of what is cached", async () => {
  const keysOf = async (toy: Project) => (await toy.run()).stages.map(({ id, key }) => [id, key])
  const silent = await keysOf(toyProject())
  const toy = toyChecked(says('"look out"'))
  expect(await warningsOf(toy)).toEqual([{ ids: ["summary"], message: "look out" }])
  expect(await ran(toy)).toEqual([["summary", "look out"]])
  expect(await ran(toy)).toEqual([])
  expect(await warningsOf(toy)).toEqual([])
  expect(await keysOf(toy)).toEqual(silent)
  toy.write("checked.ts", says('"something else"'))
  expect((await toy.plan()).stages.every(({ verdict }) => verdict === "cached")).toBe(true)
})

test("one sentence about several stages is one warning, which names the first of them", async () => {
  const toy = toyProject()
  toy.write("checked.ts", says('"look out"'))
  toy.edit("stages.ts", '  run: () => import("./square.ts"),\n', `  run: () => import("./square.ts"),\n${checked}`)
  expect(await warningsOf(toy)).toEqual([])
  toy.write("numbers.parquet", "")
  toy.edit(
    "pipeline.ts",
    "squared: square({ numbers: drawn })",
    'squared: square({ numbers: file("numbers.parquet", Numbers) }), other: square({ numbers: square({ numbers: file("numbers.parquet", Numbers) }) })',
  )
  toy.edit("pipeline.ts", "import { draw,", "import { draw, Numbers,")
  expect((await warningsOf(toy)).map(({ ids, message }) => [ids.length, message])).toEqual([[2, "look out"]])
})

test.each([
  ["throws", 'export const check = async () => { throw new Error("no luck") }', /^its check failed.*: no luck$/],
  ["cannot be compiled", "export const check = (", /^its check failed.*checked\.ts:1/],
  ["is not there", "export const cheque = 1", /does not export a function "check"/],
  ["returns what is not a list of texts", "export const check = async () => [1]", /not a list of texts/],
  ["ends its thread", "export const check = async () => process.exit(3)", /did not end within 5 seconds, or ended its thread/],
  ["never ends", "export const check = async () => { for (;;); }", /did not end within 5 seconds/],
])("a check that %s fails no plan and no run", async (_, module, message) => {
  const toy = toyChecked(module)
  const { stages, warnings } = await toy.plan()
  expect(stages).toHaveLength(5)
  expect(warnings).toEqual([{ ids: ["summary"], message: expect.stringMatching(message) }])
  expect((await toy.run()).outcome).toBe("done")
})

test("no check is loaded where no file of the project leads to its stage, and none prints between the lines of the command", async () => {
  const toy = toyChecked('console.log("loaded")\nexport const check = async () => ["loaded"]')
  toy.edit("pipeline.ts", ' note: file("note.txt"),', ' note: file("assay:package.json"),')
  expect(await warningsOf(toy)).toEqual([])
  toy.edit("pipeline.ts", ' note: file("assay:package.json"),', "")
  expect(await warningsOf(toy)).toEqual([])
})

test("a check sees to the end of a chain of thousands of stages", async () => {
  const chain = project({
    "stages.ts": `import { File, files, oneOf, stage } from "assay"
      export const copy = stage({
        name: "copy", inputs: { of: oneOf(File, files("copy")) }, parameters: {}, outputs: { copy: files("copy") },
        run: () => import("./copy.ts"),
      })
      export const last = stage({
        name: "last", inputs: { of: files("copy") }, parameters: {}, outputs: { last: files("last") },
        run: () => import("./copy.ts"), check: () => import("./checked.ts"),
      })`,
    "copy.ts": "export const run = async () => {}",
    "checked.ts": `import type { Check, DeclaredSource } from "assay"
      export const check: Check = async (stage) => {
        let source: DeclaredSource | undefined = stage.inputs.of?.[0]
        let depth = 0
        for (; source !== undefined && "stage" in source; depth++) source = source.stage.inputs.of?.[0]
        return [\`\${depth} stages to \${source?.file}\`]
      }`,
    "pipeline.ts": `import { file, pipeline } from "assay"
      import { copy, last } from "./stages.ts"
      export default pipeline("chain", () => {
        let end = copy({ of: file("start.txt") })
        for (let depth = 1; depth < 3000; depth++) end = copy({ of: end })
        return last({ of: end })
      })`,
    "start.txt": "",
  })
  const { warnings } = await chain.plan()
  expect(warnings.map(({ message }) => message)).toEqual([`3000 stages to ${chain.root}/start.txt`])
})
