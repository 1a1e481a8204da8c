import type { Columns, Row } from "../../dsl/column.ts"

/**
 * Checkpoints of runs as marks of a figure; `against` names the opponent. `world` and
 * `seed` are absent where a row is all runs of an arm together, and `world` where the sweep has no
 * axis of that name. `kl` (nats), `win_rate` and their 95 % bounds are over
 * prompts, and over seeds where there are several; `reward` is the mean gold score, `accuracy` the
 * share of pairs that the policy's own margins order as gold does.
 *
 * `efficiency` is the share of the attainable gain over the reference: (win_rate − ½) / (W* − ½),
 * where W* is the oracle's win rate at the same KL. 0 is no better than the reference, 1 the best
 * that any policy can do at this KL. Absent without an oracle, against other opponents, beyond the
 * oracle's KLs, and where W* is within 0.02 of ½.
 */
export const points = {
  /** The path of the arm. */
  arm: "utf8",
  /** The name of the opponent. */
  against: "utf8",
  /** β of its loss. */
  beta: "float64?",
  /** The world of the run: all that is drawn once for the runs in it. */
  world: "utf8?",
  /** Absent where the row is all seeds together. */
  seed: "int32?",
  /** The checkpoint's step of training. */
  step: "int32",
  /** Mean KL to the reference, in nats. */
  kl: "float64",
  /** Lower bound of its 95 % interval. */
  kl_low: "float64",
  /** Upper bound of its 95 % interval. */
  kl_high: "float64",
  /** Win rate, with ties counted ½. */
  win_rate: "float64",
  /** Lower bound of its 95 % interval. */
  win_low: "float64",
  /** Upper bound of its 95 % interval. */
  win_high: "float64",
  /** Mean gold score. */
  reward: "float64?",
  /** Fraction of pairs that the policy orders as gold does. */
  accuracy: "float64?",
  /** Gain over the reference, as a share of the oracle's at the same KL. */
  efficiency: "float64?",
} as const satisfies Columns

export type PointRow = Row<typeof points>
