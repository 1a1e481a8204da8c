import type { Row } from "assay"
import type { preferences } from "../../data/schema/index.ts"
import type { Labels } from "../judge/labels.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import type { TokenPair } from "../policy/token-pair.ts"
import type { StepReport } from "../trainer/objective.ts"
import type { Resumable } from "../trainer/saved-state.ts"

/** The pairs of a step. */
export interface DrawnPairs {
  /** As rows of a `Preferences` table, in the order in which the learner sees them. */
  readonly rows: ReadonlyArray<Row<typeof preferences>>
  /** The same in tokens. */
  readonly pairs: ReadonlyArray<TokenPair>
  /** What the source has to report of the step, as metrics. */
  readonly report: StepReport
}

/** Where a learner's pairs come from: a table that is there, or a policy and a judge. */
export interface PairSource extends Resumable {
  /** The pairs of a step, from 1, of which `parameters` are the weights of the policy so far. */
  readonly draw: (parameters: WeightsByName, step: number) => Promise<DrawnPairs>
  /** Labelled pairs so far, and those that their judges had learned from. */
  readonly labels: Labels
  /** Prints one line about each sort of thing that was left out or is not known. */
  readonly printCounts: () => void
}
