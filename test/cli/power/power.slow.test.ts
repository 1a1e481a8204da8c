import { expect, test } from "vitest"
import { estimates } from "../../../data/schema/estimates.ts"
import type { EstimateRow } from "../../../data/schema/index.ts"
import { newProject, type Project } from "../project.ts"
import { estimateRow, unknownRow } from "./rows.ts"

const stages = `
import { many, Schema, stage, table } from "assay"
const Value = table("value", { value: "float64" })
const Estimates = table("estimates", ${JSON.stringify(estimates)})
const made = { outputs: { value: Value }, run: () => import("./make.ts") }
export const prepare = stage({ name: "prepare", inputs: {}, parameters: { world: Schema.Int }, ...made })
export const train = stage({ name: "train", inputs: { base: Value }, parameters: { seed: Schema.Int }, ...made })
export const evaluate = stage({ name: "evaluate", inputs: { base: Value }, parameters: { seed: Schema.Int }, ...made })
export const conclude = stage({
  name: "conclude",
  inputs: { values: many(Value) },
  parameters: { rows: Schema.String },
  outputs: { estimates: Estimates },
  run: () => import("./conclude.ts"),
})
`
const make = `
export const run = async ({ inputs, parameters, outputs }: any) => {
  const [row] = inputs.base === undefined ? [{ value: 0 }] : await inputs.base.read()
  await outputs.value.append([{ value: row.value * 10 + (parameters.world ?? parameters.seed) }])
}
`
const conclude = `
export const run = async ({ parameters, outputs }: any) => outputs.estimates.append(JSON.parse(parameters.rows))
`

const openPilot = async (rows: ReadonlyArray<EstimateRow>): Promise<Project> => {
  const project = await newProject()
  await project.write("stages.ts", stages)
  await project.write("make.ts", make)
  await project.write("conclude.ts", conclude)
  await project.write(
    "pilot.ts",
    `import { pipeline, sweep } from "assay"
import { conclude, evaluate, prepare, train } from "./stages.ts"
export default pipeline("pilot", () => {
  const values = sweep({ world: [1, 2, 3], seed: [1, 2] }, ({ world, seed }) => {
    const base = prepare({ world })
    return { arm: evaluate({ base: train({ base, seed }), seed }) }
  })
  return { conclude: conclude({ values, rows: ${JSON.stringify(JSON.stringify(rows))} }) }
})
`,
  )
  const { code, stderr } = await project.assay(["run", "pilot.ts"])
  expect(code, stderr).toBe(0)
  return project
}

test("power says what each estimate finds, and the cheapest design that finds the target", async () => {
  const rows = [
    estimateRow(),
    estimateRow({ part: 2, kl: 3, effect: -0.01, low: -0.07, high: 0.05 }),
    estimateRow({ claim: "the gap depends on the world", sd_world: 0.06, se: 0.0384, degrees: 2.6, effect: 0.1, low: -0.03, high: 0.23 }),
    unknownRow,
  ]
  const project = await openPilot(rows)
  const { code, stdout, stderr } = await project.assay(["power", "pilot.ts", "--target", "0.04"])
  expect(code, stderr).toBe(0)
  expect(
    [stdout, stderr]
      .join("\n")
      .split("\n")
      .slice(0, -2)
      .filter((line) => [...line].length > 80),
  ).toEqual([])
  expect(stdout).toContain("online is above offline at equal KL\n  part 1: win rate at equal KL at KL 2, against sft\n")
  expect(stdout).toMatch(/ 0\.041 ± 0\.041 +0\.0\d\d +\d+ worlds × \d+ seeds? × [\d,]+ prompts +\+/)
  expect(stdout).toContain("no number of seeds alone: worlds dominate")
  expect(stdout).toContain("nothing is known of its variance: one run of each arm has no variance")
  expect(stdout.replaceAll(/\s+/g, " ")).toMatch(/3 estimates find 0\.04 together with \d+ worlds .* \+[\d.]+ core-minutes/)
  expect(stderr).toContain("1 estimate cannot be planned from: run a pilot with few worlds and seeds")

  const answer = JSON.parse((await project.assay(["power", "pilot.ts", "--target", "0.04", "--json"])).stdout)
  expect(answer.estimates.map(({ part, obstacle }: { part: number; obstacle: string | null }) => [part, obstacle])).toEqual([
    [1, "prompts"],
    [2, "prompts"],
    [1, "worlds"],
    [1, null],
  ])
  const { evaluation, other } = answer.costs
  for (const work of [other.worlds, other.seeds, evaluation.seeds]) expect(work).toBeGreaterThan(0)
  expect([evaluation.study, evaluation.worlds, other.study, answer.isUnknown, answer.withoutThreads]).toEqual([0, 0, 0, false, 0])
})

test("without estimates it says how to get them, and a target must be above 0", async () => {
  const project = await newProject()
  await project.assay(["run", "toy.ts"])
  const { code, stderr } = await project.assay(["power"])
  expect(code).toBe(2)
  expect(stderr).toContain('no run of toy has stored estimates of its claims: state them in a "verdicts" stage, and run a pilot')
  expect(await project.assay(["power", "--target", "0"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("expected an effect above 0"),
  })
})
