/** Which stages of a run are shown, and in which order. */

import type { Sort } from "../../address/query.ts"
import type { StandingStage, StandingState } from "../../api/standing-stages.ts"

export const stageSorts = ["id", "stage", "state", "seconds"] as const
export type StageSort = (typeof stageSorts)[number]

/** What wants to be seen first. */
const urgency: ReadonlyArray<StandingState> = ["failed", "running", "interrupted", "finished", "unfinished", "skipped", "cached"]

interface Wanted {
  /** Every word occurs in the id, the declaration or the reason. */
  readonly text: string
  /** Empty: all. */
  readonly states: ReadonlyArray<string>
  /** Null: as they depend on each other, failed and running ones first. */
  readonly sort: Sort<StageSort> | null
}

export const selectStages = (stages: ReadonlyArray<StandingStage>, { text, states, sort }: Wanted): ReadonlyArray<StandingStage> => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const selected = stages.filter((stage) => {
    if (states.length > 0 && !states.includes(stage.state)) return false
    const haystack = `${stage.id} ${stage.stage} ${stage.because ?? ""}`.toLowerCase()
    return words.every((word) => haystack.includes(word))
  })
  if (sort === null) return [...selected].sort((a, b) => isLast(a) - isLast(b))
  const direction = sort.descending ? -1 : 1
  return [...selected].sort((a, b) => direction * compare(a, b, sort.column))
}

const isLast = ({ state }: StandingStage): number => (state === "failed" ? 0 : state === "running" ? 1 : 2)

const compare = (a: StandingStage, b: StandingStage, column: StageSort): number => {
  // What is not known comes after everything that is, the longest first or last.
  if (column === "seconds") return (a.seconds ?? -1) - (b.seconds ?? -1)
  if (column === "state") return urgency.indexOf(a.state) - urgency.indexOf(b.state)
  const [left, right] = [a[column], b[column]]
  return left < right ? -1 : left > right ? 1 : 0
}
