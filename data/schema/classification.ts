import type { Columns, Row } from "../../dsl/column.ts"

/**
 * A policy as a classifier of pairs. `margin` is Δ(chosen, rejected) in nats: `chosen_change` −
 * `rejected_change`, which are log π/π_ref of the two responses, how far training has moved their
 * log-likelihoods. `correct` is whether the margin is positive, and absent where it is exactly 0: a
 * policy equal to its reference classifies nothing. `pair_source` names the data the pair is from.
 */
export const classification = {
  step: "int32",
  pair_id: "int32",
  margin: "float64",
  correct: "bool?",
  chosen_change: "float64",
  rejected_change: "float64",
  pair_source: "utf8",
} as const satisfies Columns

export type ClassificationRow = Row<typeof classification>
