import type { GraphStage } from "../../../dsl/graph.ts"
import type { Last } from "../history.ts"
import { type Cause, namedCause } from "./cause.ts"

/** What is known of a stage's earlier result when its own is not in the store. */
export interface Lookup {
  readonly stage: Pick<GraphStage, "id">
  readonly last: Last
  /** Whether the store found the result damaged when it was asked for it. */
  readonly isDamaged: boolean
}

/** The result is in the store, but not whole. */
export const resultDamaged = ({ stage, isDamaged }: Lookup): ReadonlyArray<Cause> =>
  isDamaged ? [namedCause(stage, "result damaged")] : []

/** A run computed the stage, and the result is no longer in the store. */
export const resultGone = ({ stage, last, isDamaged }: Lookup): ReadonlyArray<Cause> =>
  !isDamaged && last.manifest === null && last.wasComputed ? [namedCause(stage, "result gone")] : []

/** No run has computed the stage, and no other stage has a result to compare it with. */
export const neverRun = ({ stage, last, isDamaged }: Lookup): ReadonlyArray<Cause> =>
  !isDamaged && last.manifest === null && !last.wasComputed ? [namedCause(stage, "never run")] : []
