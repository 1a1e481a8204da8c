import { type Project, project } from "../../runtime/project.ts"

/** A project of so many stages that compute next to nothing, half of them from the others. */
export const sweepProject = (stages: number, environment: Readonly<Record<string, string>>): Project =>
  project(
    {
      "stages.ts": `
import { files, Schema, stage } from "assay"
const out = files("out")
export const make = stage({ name: "make", inputs: {}, parameters: { seed: Schema.Int }, outputs: { out }, run: () => import("./make.ts") })
export const copy = stage({ name: "copy", inputs: { out }, parameters: {}, outputs: { out }, run: () => import("./copy.ts") })
`,
      "make.ts": "export const run = ({ outputs, parameters }) => outputs.out.write('file', String(parameters.seed))",
      "copy.ts": "export const run = async ({ inputs, outputs }) => outputs.out.write('copy', await inputs.out.read('file'))",
      "pipeline.ts": `
import { pipeline, sweep } from "assay"
import { copy, make } from "./stages.ts"
export default pipeline("thousand", () => sweep({ seed: Array.from({ length: ${stages / 2} }, (_, seed) => seed) }, ({ seed }) => copy({ out: make({ seed }) })))
`,
    },
    { environment },
  )
