/** A study with claims in a user's own stages: fast, and with results that a test can choose. */

import type { Project } from "./project.ts"

const stages = `
import { many, Schema, stage, table } from "assay"
import { Report } from "assay/stages"
const Score = table("score", { value: "float64" })
const Decided = table("verdicts", { claim: "utf8", effect: "float64", verdict: "utf8" })
const Claim = Schema.Struct({ claim: Schema.String, family: Schema.optionalKey(Schema.String), threshold: Schema.Finite })
export const measure = stage({
  name: "measure",
  inputs: {},
  parameters: { seed: Schema.Int, steps: Schema.Int },
  outputs: { score: Score },
  run: () => import("./measure.ts"),
})
export const verdicts = stage({
  name: "verdicts",
  inputs: { scores: many(Score) },
  parameters: { claims: Schema.Array(Claim) },
  outputs: { verdicts: Decided },
  run: () => import("./decide.ts"),
})
export const write = stage({ name: "write", inputs: { verdicts: Decided }, parameters: {}, outputs: { report: Report }, run: () => import("./write.ts") })
`

const measure = `
import type { Run } from "assay"
import type { measure } from "./stages.ts"
export const run: Run<typeof measure> = async ({ parameters, outputs }) => outputs.score.append([{ value: (parameters.steps * parameters.seed) / 1000 }])
`

const decide = `
import type { Run } from "assay"
import type { verdicts } from "./stages.ts"
export const run: Run<typeof verdicts> = async ({ inputs, parameters, outputs }) => {
  let effect = 0
  for (const { input } of inputs.scores) for (const { value } of await input.read()) effect += value
  await outputs.verdicts.append(
    parameters.claims.map(({ claim, threshold }) => ({ claim, effect, verdict: effect > threshold ? "supported" : "opposite" })),
  )
}
`

const write = `
import type { Run } from "assay"
import type { write } from "./stages.ts"
export const run: Run<typeof write> = async ({ outputs }) => outputs.report.write("RESULTS.md", "# Study\\n\\n## Run\\n\\n<!-- run -->\\n<!-- /run -->\\n")
`

/** What is asked: words of a claim, and the threshold that its effect should be above. */
export type Claims = Readonly<Record<string, number>>

/** A pipeline whose effect is `steps` times the sum of its seeds, 1 and 2, in thousandths. */
const study = (claims: Claims, steps: number): string => `
import { pipeline, sweep } from "assay"
import { measure, verdicts, write } from "./stages.ts"
export default pipeline("study", () => {
  const scores = sweep({ seed: [1, 2] }, ({ seed }) => ({ score: measure({ seed, steps: ${steps} }) }))
  const decided = verdicts({ scores, claims: ${JSON.stringify(Object.entries(claims).map(([claim, threshold]) => ({ claim, threshold })))} })
  return { decided, report: write({ verdicts: decided }) }
})
`

/** Writes the study to a project, or its pipeline again with other claims and steps. */
export const writeStudy = async ({ write: to }: Pick<Project, "write">, claims: Claims, steps: number): Promise<void> => {
  await to("study.ts", study(claims, steps))
}

/** Writes the stages of the study. */
export const writeStages = async ({ write: to }: Pick<Project, "write">): Promise<void> => {
  for (const [name, text] of Object.entries({ "stages.ts": stages, "measure.ts": measure, "decide.ts": decide, "write.ts": write }))
    await to(name, text)
}
