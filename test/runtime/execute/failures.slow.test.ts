import * as fs from "node:fs"
import { Effect } from "effect"
import { describe, expect, test } from "vitest"
import { loadPipeline, run } from "../../../runtime/index.ts"
import { project, recorded } from "../project.ts"

const stages = `
import { stage, table } from "assay"
import { Schema } from "effect"
export const Numbers = table("numbers", { n: "int32" })
export const first = stage({ name: "first", inputs: {}, parameters: { how: Schema.String }, outputs: { numbers: Numbers }, run: () => import("./first.ts") })
export const next = stage({ name: "next", inputs: { numbers: Numbers }, parameters: {}, outputs: { numbers: Numbers }, run: () => import("./next.ts") })
`

const first = `
import { StageError, type Run } from "assay"
import type { first } from "./stages.ts"
const run: Run<typeof first> = async ({ parameters, outputs }) => {
  await outputs.numbers.append([{ n: 1 }])
  console.log("about to", parameters.how)
  if (parameters.how === "throw") throw new StageError("Diverged", "the loss is NaN at step 7", { step: 7, lastFiniteLoss: 0.25 })
  if (parameters.how === "exit") process.exit(3)
  if (parameters.how === "kill") process.kill(process.pid, "SIGSEGV")
  if (parameters.how === "mistake") (undefined as never as { of: string }).of.length
}
export { run }
`

const next = `
import type { Run } from "assay"
import type { next } from "./stages.ts"
export const run: Run<typeof next> = async ({ inputs, outputs }) => outputs.numbers.append(await inputs.numbers.read())
`

const pipeline = (how: string) => `
import { pipeline } from "assay"
import { first, next } from "./stages.ts"
export default pipeline("failing", () => {
  const bad = first({ how: "${how}" })
  const good = first({ how: "well" })
  return { bad, afterBad: next({ numbers: next({ numbers: bad }) }), good, afterGood: next({ numbers: good }) }
})
`

const failing = (how: string) =>
  project({ "stages.ts": stages, "first.ts": first, "next.ts": next, "pipeline.ts": pipeline(how) }, { pool: true })

test("a failing stage stops its dependents alone, publishes nothing, and keeps what was thrown", async () => {
  const user = failing("throw")
  const [summary, events] = await user.provided(Effect.flatMap(loadPipeline(`${user.root}/pipeline.ts`), (loaded) => recorded(run(loaded))))
  expect(summary.outcome).toBe("failed")
  expect(Object.fromEntries(summary.stages.map(({ id, outcome }) => [id, outcome]))).toEqual({
    bad: "failed",
    "afterBad.numbers": "skipped",
    afterBad: "skipped",
    good: "finished",
    afterGood: "finished",
  })
  expect(summary.stages.find(({ id }) => id === "bad")?.key).toBeNull()
  const [failure] = summary.failures
  expect(failure).toMatchObject({ tag: "Diverged", message: "the loss is NaN at step 7", details: { step: 7, lastFiniteLoss: 0.25 } })
  const record = JSON.parse(fs.readFileSync(failure?.record ?? "", "utf8"))
  expect(record.error.stack).toContain("first.ts:7")
  expect(record.task.parameters).toEqual({ how: "throw" })
  expect(record.output).toContain("about to throw")
  expect(fs.readdirSync(`${user.store}/tmp`)).toEqual([])
  expect(fs.readdirSync(`${user.store}/leases`)).toEqual([])
  expect(fs.readdirSync(`${user.store}/results`, { recursive: true }).filter((name) => String(name).endsWith(".json"))).toHaveLength(2)
  expect(events.find(({ type }) => type === "stage.failed")).toMatchObject({ id: "bad", tag: "Diverged", details: { step: 7 } })
  expect(events.filter(({ type }) => type === "stage.output")).toContainEqual({
    type: "stage.output",
    id: "bad",
    stage: "first",
    text: "about to throw",
  })
  expect(events.at(-1)).toMatchObject({ type: "run.finished", outcome: "failed", finished: 2, failed: 1, skipped: 2, cached: 0 })

  const again = await user.run()
  expect(again.stages.filter(({ outcome }) => outcome === "cached").map(({ id }) => id)).toEqual(["good", "afterGood"])
})

test.each([
  ["exit", "Died", "exited with code 3"],
  ["kill", "Died", "ended by SIGSEGV"],
  ["mistake", "TypeError", "Cannot read properties of undefined"],
])("a stage whose process ends by %s is a failed stage, not a dead run", async (how, tag, message) => {
  const { failures, stages } = await failing(how).run()
  expect(failures).toHaveLength(1)
  expect(failures[0]?.tag).toBe(tag)
  expect(failures[0]?.message).toContain(message)
  expect(stages.find(({ id }) => id === "afterGood")?.outcome).toBe("finished")
})

describe("what a stage does wrong is said in a sentence, with the output or the module by its name", () => {
  const told = async (body: string, columns = '{ n: "int32", text: "utf8?" }') => {
    const user = project({
      "wrong.ts": body,
      "pipeline.ts": `import { files, pipeline, stage, table } from "assay"
const wrong = stage({ name: "wrong", inputs: {}, parameters: {}, outputs: { pairs: table("t", ${columns}), more: files("more") }, run: () => import("./wrong.ts") })
export default pipeline("wrong", () => ({ wrong: wrong({}) }))`,
    })
    const { failures } = await user.run()
    return failures[0]?.message
  }

  test.each([
    [
      "rows that do not fit",
      "outputs.pairs.append([{ n: 1, text: '' }, { n: 'abc', text: '' }])",
      'output "pairs": column "n", row 1: expected int32, found "abc"',
    ],
    [
      "a cell that is missing",
      "outputs.pairs.append([{ n: 1 }])",
      'output "pairs": column "text", row 0: expected utf8 or null, found nothing',
    ],
    [
      "text that is none",
      "outputs.pairs.append([{ n: 1, text: '\\ud800' }])",
      /^output "pairs": column "text", row 0: holds half of a surrogate pair/,
    ],
  ])("%s", async (_, statement, message) => {
    expect(await told(`export const run = async ({ outputs }) => { await outputs.more.write("a", "b"); await ${statement} }`)).toMatch(
      message,
    )
  })

  test.each([
    [
      "no run",
      "export const walk = async () => {}",
      /^stage wrong: .*wrong\.ts does not export "run": write `export const run: Run<typeof …> = async \(\{ inputs, parameters, outputs \}\) => …`$/,
    ],
    ["a default export instead", "export default async () => {}", /^stage wrong: .*wrong\.ts does not export "run": /],
  ])("a module with %s", async (_, body, message) => {
    await expect(told(body)).rejects.toMatchObject({ _tag: "StageDoesNotCompile", message: expect.stringMatching(message) })
  })

  test("a run that is not a function", async () => {
    expect(await told("export const run = { of: 3 }")).toMatch(/must export a function "run", and its "run" is of type object/)
  })
})
