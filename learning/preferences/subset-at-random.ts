import type { Run } from "assay"
import { sayKept } from "../judge/labels.ts"
import { highest, useful } from "./rank.ts"
import type { subsetAtRandom } from "./subset.stage.ts"

export const run: Run<typeof subsetAtRandom> = async ({ inputs, parameters, outputs }) => {
  const rows = useful(await inputs.preferences.read())
  // All are equals, between which the seed decides.
  const values = rows.map(() => 0)
  const kept = highest(rows, values, parameters)
  await outputs.preferences.append(kept)
  sayKept(kept.length, inputs.preferences.rows)
}
