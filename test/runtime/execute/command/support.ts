import { type Project, project } from "../../project.ts"

/** A stage that `program.mjs` computes, and further lines of its declaration. */
export const pipelineOf = (further = "", call = "n: 1"): string => `
import { files, many, optional, pipeline, Schema, stage, sweep, table } from "assay"
import { command } from "assay/stages"
export const Numbers = table("numbers", { n: "int32" })
export const Model = files("model")
const count = stage({ name: "count", inputs: {}, parameters: { to: Schema.Int }, outputs: { numbers: Numbers }, run: () => import("./count.ts") })
const make = command({
  name: "make",
  inputs: { numbers: optional(Numbers) },
  parameters: { n: Schema.Int },
  outputs: { made: Numbers },
  files: ["program.mjs"],
  run: ["node", "program.mjs"],
  ${further}
})
export default pipeline("commands", () => ({ made: make({ ${call} }) }))
`

const count = `
export const run = async ({ parameters, outputs }) =>
  outputs.numbers.append(Array.from({ length: parameters.to }, (_, n) => ({ n })))
`

/** What every program begins with. */
const preamble = `
import * as fs from "node:fs"
import * as path from "node:path"
const inputs = process.env.ASSAY_INPUTS, outputs = process.env.ASSAY_OUTPUTS
const parameters = JSON.parse(fs.readFileSync(process.env.ASSAY_PARAMETERS, "utf8"))
const write = (numbers, name = "made.jsonl") => fs.writeFileSync(path.join(outputs, name), numbers.map((n) => JSON.stringify({ n }) + "\\n").join(""))
`

export const programOf = (body: string): string => preamble + body

/** A project whose stage `made` is computed by a program of this body. */
export const commandProject = (
  body: string,
  {
    further,
    call,
    files = {},
    pool = false,
  }: {
    readonly further?: string
    readonly call?: string
    readonly files?: Readonly<Record<string, string>>
    readonly pool?: boolean
  } = {},
): Project => project({ "program.mjs": programOf(body), "count.ts": count, "pipeline.ts": pipelineOf(further, call), ...files }, { pool })
