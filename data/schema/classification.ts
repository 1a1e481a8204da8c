import type { Columns, Row } from "../../dsl/column.ts"

/**
 * A policy as a classifier of pairs. `margin` is Δ(chosen, rejected) in nats: `chosen_change` −
 * `rejected_change`, which are log π/π_ref of the two responses, how far training has moved their
 * log-likelihoods. `correct` is whether the margin is positive, and absent where it is exactly 0: a
 * policy equal to its reference classifies nothing. `pair_source` names the data the pair is from.
 */
export const classification = {
  /** The checkpoint's step of training. */
  step: "int32",
  /** The pair within its source. */
  pair_id: "int32",
  /** Δ(chosen, rejected), in nats. */
  margin: "float64",
  /** Whether the margin is positive; absent where it is exactly 0. */
  correct: "bool?",
  /** log π/π_ref of the chosen response, in nats. */
  chosen_change: "float64",
  /** log π/π_ref of the rejected response, in nats. */
  rejected_change: "float64",
  /** The data that the pair is from. */
  pair_source: "utf8",
} as const satisfies Columns

export type ClassificationRow = Row<typeof classification>
