import type { Run } from "assay"
import type { PreferenceRow } from "../../data/schema/index.ts"
import { uniforms } from "../../engine/random/philox.ts"
import type { mislabel } from "./mislabel.stage.ts"

export const run: Run<typeof mislabel> = async ({ inputs, parameters, outputs }) => {
  const { fraction, seed } = parameters
  const { preferences } = inputs
  const draws = uniforms(seed, "label noise", 0, new Float32Array(preferences.rows))
  let read = 0
  for await (const rows of preferences.batches()) {
    const from = read
    await outputs.preferences.append(
      rows.map((row, index) => ((draws[from + index] as number) < fraction && !row.tie ? exchange(row) : row)),
    )
    read += rows.length
  }
}

/** The same pair with the opposite label. */
const exchange = (row: PreferenceRow): PreferenceRow => ({
  ...row,
  chosen: row.rejected,
  rejected: row.chosen,
  chosen_token_ids: row.rejected_token_ids,
  rejected_token_ids: row.chosen_token_ids,
  score_chosen: row.score_rejected,
  score_rejected: row.score_chosen,
  p_chosen: row.p_chosen === null ? null : 1 - row.p_chosen,
})
