import type { Run } from "assay"
import { printKept } from "../judge/labels.ts"
import { takeHighest, withoutTies } from "./rank.ts"
import type { subsetAtRandom } from "./subset.stage.ts"

export const run: Run<typeof subsetAtRandom> = async ({ inputs, parameters, outputs }) => {
  const rows = withoutTies(await inputs.preferences.read())
  // All are equals, between which the seed decides.
  const values = rows.map(() => 0)
  const kept = takeHighest(rows, values, parameters)
  await outputs.preferences.append(kept)
  printKept(kept.length, inputs.preferences.rows)
}
