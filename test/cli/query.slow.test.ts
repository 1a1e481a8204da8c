import { afterAll, beforeAll, expect, test } from "vitest"
import { newProject, openProject, type Project, removeProject } from "./project.ts"

let project: Project
beforeAll(async () => {
  project = await openProject()
  await project.assay(["run", "toy.ts"])
})
afterAll(() => removeProject(project))

test.each([
  ["that takes long", "select count(*) from range(1000000000000)"],
  ["that takes no notice of an interrupt", "select length(repeat('x', 3000000000))"],
])("Ctrl-C ends a query %s at once", async (_, sql) => {
  let signalled = 0
  const interruptAfter = (milliseconds: number) =>
    project.assay(["show", "text", "--sql", sql], {}, (text, signal) => {
      if (text !== "") return
      setTimeout(() => {
        signalled = performance.now()
        signal("SIGINT")
      }, milliseconds)
    })
  let ended = await interruptAfter(1500)
  // On a busy machine the signal may come before the command listens for it, and end the process.
  for (const later of [6_000, 24_000]) if (ended.signal !== null) ended = await interruptAfter(later)
  expect(ended).toMatchObject({ code: 130, stdout: "", stderr: "assay: interrupted; finished stages are cached\n" })
  expect(performance.now() - signalled).toBeLessThan(1500)
})

test("an answer without end is cut and says so, and as JSON it is refused", async () => {
  const sql = "select range as n from range(1000000000000)"
  const ended = await project.assay(["show", "text", "--sql", sql])
  expect(ended.code).toBe(0)
  expect(ended.stdout.split("\n").slice(-3)).toEqual(["998", "999", ""])
  expect(ended.stderr).toBe("the first 1,000 rows of more than a million; a LIMIT with OFFSET shows others, --json gives up to a million\n")
  const json = await project.assay(["show", "text", "--sql", sql, "--json"])
  expect(json).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("the answer has more than 1,000,000 rows: add a LIMIT"),
  })
})

test("what one function takes is bounded as well", async () => {
  const ended = await project.assay(["show", "text", "--sql", "select range(4000000000)"], { ASSAY_MEMORY: "400MB" })
  expect(ended).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("the query needs more than the 0.2 GB of memory") })
})

test("a cell of many megabytes neither fails a run whose work is done, nor show", async () => {
  const user = await newProject()
  await user.write(
    "long.ts",
    "export const run = ({ outputs }) => outputs.text.append([{ text: 'long '.repeat(4_000_000), n: Int32Array.of(1) }])",
  )
  await user.write(
    "pipeline.ts",
    `import { pipeline, stage, table } from "assay"
const long = stage({ name: "long", inputs: {}, parameters: {}, outputs: { text: table("text", { text: "utf8", n: "list<int32>" }) }, run: () => import("./long.ts") })
export default pipeline("long", () => ({ long: long({}) }))`,
  )
  const ran = await user.assay(["run", "pipeline.ts"])
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/long long long.*…/) })
  expect(await user.assay(["show", "long"])).toMatchObject({ code: 0, stdout: expect.stringMatching(/long long long.*…/) })
  const json = await user.assay(["show", "long", "--json"])
  expect(json).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^assay: column "text" holds a cell of 20000000, .*left\("text", 1000\)\n$/),
  })
})
