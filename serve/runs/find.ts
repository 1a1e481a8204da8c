/** Runs by their ids. */

import { Effect } from "effect"
import { Journals, type RunRecord, Runs, Settings } from "../../runtime/index.ts"
import { Damaged, NotThere } from "../answer.ts"
import { summaryOf } from "./summary.ts"

/** The run of this id; "latest" is the newest. */
export const findRun = Effect.fnUntraced(function* (wanted: string) {
  const { history, problem } = yield* Runs
  for (const record of history()) if (wanted === "latest" || record.run === wanted) return record
  const why = yield* problem(wanted)
  if (why !== null)
    return yield* new Damaged({
      message: `run "${wanted}" cannot be shown: ${why}; its results are in the store, and a run makes a new record`,
    })
  return yield* new NotThere({ message: `run "${wanted}" is not in this store: it may have been deleted` })
})

export const summarise = Effect.fnUntraced(function* (record: RunRecord) {
  const { projectRoot } = yield* Settings
  const { status } = yield* Journals
  const { alive } = record.outcome === "unfinished" ? yield* status(record.run) : { alive: false }
  return summaryOf(record, { projectRoot, alive })
})
