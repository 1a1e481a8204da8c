import { Effect } from "effect"
import { expect, test } from "vitest"
import { Results, type RunSummary } from "../../../runtime/index.ts"
import { digestsOf, type Project, project } from "../project.ts"

const speaking = (print: string): Project =>
  project(
    {
      "stages.ts": `import { files, stage } from "assay"
        const one = (name: string) => ({ name, inputs: {}, parameters: {}, outputs: { text: files("text") } })
        export const silent = stage({ ...one("silent"), run: () => import("./silent.ts") })
        export const speak = stage({ ...one("speak"), run: () => import("./speak.ts") })`,
      "silent.ts": 'export const run = async ({ outputs }) => outputs.text.write("a", "a")',
      "speak.ts": `export const run = async ({ outputs }) => { ${print}; await outputs.text.write("a", "a") }`,
      "pipeline.ts": `import { pipeline } from "assay"
        import { silent, speak } from "./stages.ts"
        export default pipeline("speaking", () => ({ silent: silent({}), speak: speak({}) }))`,
    },
    { pool: true },
  )

const printedOf = (spoken: Project, { stages }: RunSummary, id: string) =>
  spoken.provided(
    Effect.gen(function* () {
      const { manifest } = yield* Results
      return (yield* manifest(stages.find((stage) => stage.id === id)?.key ?? ""))?.printed
    }),
  )

test("a result keeps what its stage printed, to the last line, and nothing where it was silent", async () => {
  const spoken = speaking('for (let line = 0; line < 50; line++) console.log("line " + line); console.error("the end")')
  const summary = await spoken.run()
  const printed = await printedOf(spoken, summary, "speak")
  expect(printed?.toSorted()).toEqual([...Array.from({ length: 50 }, (_, line) => `line ${line}`), "the end"].toSorted())
  expect(await printedOf(spoken, summary, "silent")).toBeUndefined()
  const digests = await digestsOf(spoken, summary)
  expect(digests["speak.text"]).toBe(digests["silent.text"])
})

test("of a stage that prints much, it keeps the last hundred lines, a thousand characters of each", async () => {
  const spoken = speaking('for (let line = 0; line < 5000; line++) console.log(line + " " + "x".repeat(2000))')
  const printed = await printedOf(spoken, await spoken.run(), "speak")
  expect(printed).toHaveLength(100)
  expect(printed?.at(-1)).toMatch(/^4999 x/)
  expect(printed?.every((line) => line.length === 1000)).toBe(true)
})
