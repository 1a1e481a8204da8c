import { StageError } from "assay"
import type { EvaluationRow } from "../../data/schema/index.ts"
import { groupBy } from "./runs.ts"
import { mean } from "./statistics/mean.ts"

/**
 * One value per prompt, in order of first appearance: the mean over the responses to it, because
 * those are not independent.
 */
export const averageByPrompt = (rows: ReadonlyArray<EvaluationRow>, value: (row: EvaluationRow) => number): ReadonlyArray<number> =>
  [...groupBy(rows, ({ prompt_id }) => prompt_id).values()].map((ofPrompt) => mean(ofPrompt.map(value)))

/** Whether all runs answered the same prompts, in the same order. */
export const haveSamePrompts = (runs: ReadonlyArray<ReadonlyArray<EvaluationRow>>): boolean => {
  const promptsOf = (rows: ReadonlyArray<EvaluationRow>) => [...new Set(rows.map(({ prompt_id }) => prompt_id))].join()
  const first = promptsOf(runs[0] ?? [])
  return runs.every((rows) => promptsOf(rows) === first)
}

/** Throws a StageError `Unpaired` unless all runs of an arm did. */
export const checkSamePrompts = (arm: string, runs: ReadonlyArray<ReadonlyArray<EvaluationRow>>): void => {
  if (haveSamePrompts(runs)) return
  throw new StageError(
    "Unpaired",
    `seeds of an arm are averaged prompt by prompt, but those of ${arm} answered different prompts. Evaluate all with the same "count", "seed" and "answers".`,
  )
}
