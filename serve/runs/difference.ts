/** How two runs differ. */

import type { RunDifference } from "../../runtime/index.ts"
import type { Difference, RunSummary } from "../api.ts"
import { changesOf } from "./changes.ts"

export const differenceOf = (
  { same, different, onlyBefore, onlyAfter, unproven }: RunDifference,
  { before, after }: { readonly before: RunSummary; readonly after: RunSummary },
): Difference => ({
  before,
  after,
  same: same.length,
  different: different.map((stage) => ({
    id: stage.id,
    stage: stage.stage,
    own: changesOf({ ...stage, through: [] }),
    through: stage.through,
  })),
  onlyBefore,
  onlyAfter,
  unproven,
})
