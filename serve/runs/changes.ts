/** What a stage of a run was computed for: in what its fingerprint is not what it was before. */

import { Effect } from "effect"
import { type DifferentStage, diff, type RunDifference, type RunRecord, Runs } from "../../runtime/index.ts"
import type { Change, Value } from "../api.ts"

/** The run before this one, of the same pipeline, that `fits`; null if there is none. */
export const earlierRun = Effect.fnUntraced(function* (record: RunRecord, fits: (earlier: RunRecord) => boolean = () => true) {
  const { history } = yield* Runs
  let isEarlier = false
  for (const each of history()) {
    if (isEarlier && each.pipeline === record.pipeline && fits(each)) return each
    if (each.run === record.run) isEarlier = true
  }
  return null
})

/** The differences of the stages of a run from those of the run before, by id. */
export interface Compared {
  readonly before: RunRecord
  readonly differences: ReadonlyMap<string, DifferentStage>
  readonly difference: RunDifference
}

export const compare = Effect.fnUntraced(function* (before: RunRecord, after: RunRecord) {
  const difference = yield* diff(before, after)
  const compared: Compared = { before, difference, differences: new Map(difference.different.map((stage) => [stage.id, stage])) }
  return compared
})

/** What was given to a stage otherwise, then what came to it through others. */
export const changesOf = ({ own, through }: DifferentStage): ReadonlyArray<Change> => [
  ...own.map(({ component, before, after, files = [] }) => ({
    component,
    before: before as Value,
    after: after as Value,
    files,
    from: [],
  })),
  ...through.map(({ component, from }) => ({ component, before: null, after: null, files: [], from })),
]

/** The first of them in a few words: "code: loss.ts", "beta: 0.1 → 0.5", "through sft". */
export const briefly = ({ own, through }: DifferentStage): string => {
  const [first] = own
  const more = own.length > 1 ? ` and ${own.length - 1} more` : ""
  if (first === undefined) return `through ${[...new Set(through.flatMap(({ from }) => from))].slice(0, 3).join(", ")}`
  if (first.files !== undefined && first.files.length > 0) return `${first.component}: ${first.files.slice(0, 3).join(", ")}${more}`
  return `${first.component}: ${shortly(first.before as Value)} → ${shortly(first.after as Value)}${more}`
}

const longest = 24

const shortly = (value: Value): string => {
  if (value === null) return "none"
  const text = typeof value === "string" ? value : JSON.stringify(value)
  if (/^[0-9a-f]{64}$/.test(text)) return text.slice(0, 8)
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}
