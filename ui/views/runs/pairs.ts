/** Which two runs are compared. */

import type { RunSummary } from "../../../serve/api.ts"

/** The run before another one: of the same pipeline where there is one, else of any. */
export const runBefore = (runs: ReadonlyArray<RunSummary>, run: RunSummary): RunSummary | null => {
  const earlier = runs.filter(({ created }) => created < run.created)
  return earlier.find(({ pipeline }) => pipeline === run.pipeline) ?? earlier[0] ?? null
}

/** Two ticked runs, the earlier one first; null of any other number. */
export const orderPair = (
  runs: ReadonlyArray<RunSummary>,
  ticked: ReadonlyArray<string>,
): { readonly before: string; readonly after: string } | null => {
  const [after, before, ...others] = runs.filter(({ run }) => ticked.includes(run))
  return after === undefined || before === undefined || others.length > 0 ? null : { before: before.run, after: after.run }
}
