import { Effect } from "effect"
import type { Basis } from "../observe/estimate.ts"
import type { JournalHead } from "../observe/journal/line.ts"
import { Runs } from "../store/runs/runs.ts"
import { pastSeconds } from "./past-seconds.ts"

/** What an estimate of a run that has begun is made from; of no run, that nothing is known. */
export const runBasis = Effect.fn("runBasis")(function* (head: JournalHead | null) {
  if (head === null) return { stages: [], before: new Map(), parallel: 1 } satisfies Basis
  const { wiring } = yield* Runs
  const stages = (yield* wiring(head.wiring))?.stages ?? []
  return { stages, before: yield* pastSeconds(head, stages), parallel: head.threads } satisfies Basis
})
