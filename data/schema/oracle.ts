import type { Columns, Row } from "../../dsl/column.ts"

/**
 * The oracle frontier: the highest win rate against the reference that any policy can have at a
 * mean KL to it, one row per KL. `win_rate` counts ties as ½; its 95 % bounds are over prompts.
 * `beta` is the temperature of the optimal policy, π ∝ π_ref · exp(u/β), where u is a response's
 * own win rate against the reference. `bias` estimates by how much `win_rate` is off because only
 * `samples` responses to each prompt stand for the reference: what half of them give, less what all
 * give.
 */
export const oracle = {
  /** "oracle", beside the arms of a table of points. */
  arm: "utf8",
  /** The name of the opponent: what evaluations call the reference. */
  against: "utf8",
  /** Temperature of the optimal policy. */
  beta: "float64",
  /** Mean KL to the reference, in nats. */
  kl: "float64",
  /** The highest win rate at this KL, with ties counted ½. */
  win_rate: "float64",
  /** Lower bound of its 95 % interval. */
  win_low: "float64",
  /** Upper bound of its 95 % interval. */
  win_high: "float64",
  /** Estimated bias of the win rate; absent where half of the samples do not reach this KL. */
  bias: "float64?",
  /** Number of prompts. */
  prompts: "int32",
  /** Responses of the reference to each prompt; the fewest where they differ. */
  samples: "int32",
} as const satisfies Columns

export type OracleRow = Row<typeof oracle>
