import { beforeAll, expect, test } from "vitest"
import { type Project, toyProject } from "../runtime/project.ts"

let toy: Project
beforeAll(async () => {
  toy = toyProject()
  await toy.run()
})

const draws = ["arms.seed=1.drawn", "arms.seed=2.drawn"]
const squares = ["arms.seed=1.squared", "arms.seed=2.squared"]

const summary: ReadonlyArray<string> = ["summary"]

/**
 * Ids of the stages that an edit sends back, and the components that are named for those whose
 * inputs are known.
 */
const consequences = async () => {
  const { stages } = await toy.plan()
  return {
    rerun: stages.filter(({ verdict }) => verdict === "run").map(({ id }) => id),
    named: [
      ...new Set(stages.filter(({ verdict }) => verdict === "run").flatMap(({ because }) => because.map(({ component }) => component))),
    ],
    waiting: stages.filter(({ verdict }) => verdict === "unknown").map(({ id }) => id),
  }
}

test.each([
  ["a comment", "arithmetic/power.ts", "/** A private helper. */", "/** Multiplies. */ // so it does"],
  ["formatting", "arithmetic/power.ts", "  const result = times(base, base)\n", "  const result =\n\n      times( base,\n base )\n"],
  ["the type of a parameter", "arithmetic/power.ts", "(left: number, right: number): number", "(left: 1 | number, right: number)"],
  ["a type-only declaration", "draw.ts", "/** Numbers", "export interface Unused { readonly of: string }\n/** Numbers"],
  ["an export that no stage reaches", "generator.ts", "period = 1000", "period = 2000"],
  ["a new export that no stage reaches", "arithmetic/offset.ts", "export", "export const other = () => 12\nexport"],
  ["the lockfile, which says nothing that the packages do not", "node_modules/.package-lock.json", "sha512-as-published", "sha512-other"],
  ["a JSON field that no stage reads, left as it was", "generator.json", '"unused": 1', '"unused":    1'],
  ["a comment in the pipeline", "pipeline.ts", "export default", "// The toy.\nexport default"],
])("an edit of %s reruns nothing", async (_, file, from, to) => {
  const undo = toy.edit(file, from, to)
  const found = await consequences()
  undo()
  expect(found).toEqual({ rerun: [], named: [], waiting: [] })
})

test.each([
  [
    "a local",
    "arithmetic/power.ts",
    [
      ["const result =", "const product ="],
      ["return result", "return product"],
    ],
  ],
  [
    "a parameter",
    "arithmetic/power.ts",
    [
      ["(base: number)", "(value: number)"],
      ["times(base, base)", "times(value, value)"],
    ],
  ],
  [
    "a private helper",
    "arithmetic/power.ts",
    [
      ["const times =", "const multiply ="],
      ["times(base", "multiply(base"],
    ],
  ],
  [
    "what an import is called",
    "draw.ts",
    [
      ["import { offset }", "import { offset as shift }"],
      ["+ offset", "+ shift"],
    ],
  ],
] as const)("a rename of %s reruns nothing", async (_, file, edits) => {
  const undo = edits.map(([from, to]) => toy.edit(file, from, to))[0]
  const found = await consequences()
  undo?.()
  expect(found).toEqual({ rerun: [], named: [], waiting: [] })
})

test.each([
  ["a reachable constant behind a re-export", "arithmetic/offset.ts", "5", "6", draws, ["code"]],
  ["a private helper", "arithmetic/power.ts", "left * right", "right * left", squares, ["code"]],
  ["a method of a class", "generator.ts", "+ 7", "+ 8", draws, ["code"]],
  ["a JSON value that is read", "generator.json", "31", "37", draws, ["code"]],
  ["the stage itself", "square.ts", "value: power(value)", "value: -power(value)", squares, ["code"]],
  ["the version of a package", "node_modules/toy-package/package.json", "1.0.0", "1.0.1", summary, ["packages.toy-package"]],
  ["the version of a package's package", "node_modules/toy-base/package.json", "1.0.0", "1.0.1", summary, ["packages.toy-base"]],
  [
    "a file of a package, its version left as it was",
    "node_modules/toy-package/index.js",
    "toFixed(digits)",
    "toPrecision(digits)",
    summary,
    ["packages.toy-package"],
  ],
  ["a parameter", "pipeline.ts", "digits: 3", "digits: 4", summary, ["parameters.digits"]],
  ["a shared parameter", "pipeline.ts", "count: 20", "count: 21", draws, ["parameters.count"]],
  ["a seed", "pipeline.ts", "[1, 2]", "[1, 3]", ["arms.seed=3.drawn"], ["parameters.seed"]],
  ["an external file", "note.txt", "a note", "another note", summary, ["inputs.note"]],
  ["the columns of an output", "stages.ts", 'sum: "float64" }', 'sum: "float32" }', summary, ["schemas.outputs.sums.columns.1.1"]],
  ["the version of a stage", "stages.ts", 'name: "square",', 'name: "square", version: "2",', squares, ["code"]],
  [
    "what is wired",
    "pipeline.ts",
    "square({ numbers: drawn })",
    "square({ numbers: square({ numbers: drawn }) })",
    squares,
    ["inputs.numbers"],
  ],
] as const)("an edit of %s reruns exactly the stages that reach it, and why names it", async (_, file, from, to, rerun, named) => {
  const undo = toy.edit(file, from, to)
  const found = await consequences()
  undo()
  const expected: ReadonlyArray<string> = rerun
  expect(found.rerun).toEqual(expected)
  expect(found.named).toEqual(named)
  for (const id of found.waiting) expect(expected).not.toContain(id)
  if (expected !== summary) expect(found.waiting).toContain("summary")
})

test("a change that arrives through an input is traced to the stage where it came in", async () => {
  const undo = toy.edit("generator.ts", "+ 7", "+ 9")
  const { stages } = await toy.plan()
  undo()
  const because = stages.find(({ id }) => id === "summary")?.because ?? []
  expect(because.map(({ component, root }) => [component, root])).toEqual(draws.map((root) => ["inputs.parts", root]))
})

test("a change stops where it makes no difference: equal rows, equal digests, nothing downstream", async () => {
  const undo = toy.edit("arithmetic/power.ts", "left * right", "right * left")
  const { stages } = await toy.run()
  undo()
  const outcomes = Object.fromEntries(stages.map(({ id, outcome }) => [id, outcome]))
  expect(outcomes).toEqual({
    "arms.seed=1.drawn": "cached",
    "arms.seed=1.squared": "finished",
    "arms.seed=2.drawn": "cached",
    "arms.seed=2.squared": "finished",
    summary: "cached",
  })
})

test.each([
  ["process.env", "const secret = process.env.SECRET ?? 1", "it reads process.env"],
  ["import.meta", "const secret = import.meta.url.length", "it reads import.meta"],
  ["the file system", 'import { readdirSync } from "node:fs"\nconst secret = readdirSync(".").length', "it imports node:fs"],
])("a stage whose reachable code reads %s is not cacheable, and says so", async (_, code, reason) => {
  const undo = toy.edit("arithmetic/offset.ts", "export const offset = 5", `${code}\nexport const offset = 5 + Number(secret)`)
  const { stages } = await toy.plan()
  undo()
  const drawn = stages.filter(({ id }) => draws.includes(id))
  expect(drawn.map(({ verdict, key }) => [verdict, key])).toEqual(draws.map(() => ["run", null]))
  expect(drawn[0]?.uncacheable).toEqual([reason])
  expect(drawn[0]?.because).toContainEqual({ component: "not cacheable", before: null, after: reason, root: draws[0] })
})
