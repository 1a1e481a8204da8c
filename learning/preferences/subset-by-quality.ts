import { type Run, StageError } from "assay"
import { printKept } from "../judge/labels.ts"
import { takeRanked, withoutTies } from "./rank.ts"
import type { subsetByQuality } from "./subset.stage.ts"

export const run: Run<typeof subsetByQuality> = async ({ inputs, parameters, outputs }) => {
  const rows = withoutTies(await inputs.preferences.read())
  const qualities = rows.map(({ pair_id, score_chosen, score_rejected }) => {
    if (score_chosen !== null && score_rejected !== null) return (score_chosen + score_rejected) / 2
    throw new StageError("NoScores", `pair ${pair_id} has no scores; label the pairs by a judge that scores responses one by one`, {
      pair_id,
    })
  })
  const kept = takeRanked(rows, qualities, parameters)
  await outputs.preferences.append(kept)
  printKept(kept.length, inputs.preferences.rows)
}
