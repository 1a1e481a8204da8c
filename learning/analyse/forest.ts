import type { Run } from "assay"
import { forestFigure } from "./figure/forest.ts"
import type { forest } from "./forest.stage.ts"
import { readClaims } from "./read-claims.ts"

export const run: Run<typeof forest> = async ({ inputs, parameters, outputs }) => {
  const { family, title, caption } = parameters
  const claims = (await readClaims(inputs.verdicts)).filter((claim) => claim.family === family)
  await outputs.figure.write("forest.svg", await forestFigure(claims, { ...(title === "" ? {} : { title }), caption, family }))
}
