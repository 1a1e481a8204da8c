import type { Columns, Row } from "../../dsl/column.ts"

/**
 * Checkpoints of runs as marks of a figure; `against` names the opponent. `seed` is absent where a
 * row is all seeds of an arm together. `kl` (nats), `win_rate` and their 95 % bounds are over
 * prompts, and over seeds where there are several; `reward` is the mean gold score, `accuracy` the
 * share of pairs that the policy's own margins order as gold does.
 */
export const points = {
  arm: "utf8",
  against: "utf8",
  beta: "float64?",
  seed: "int32?",
  step: "int32",
  kl: "float64",
  kl_low: "float64",
  kl_high: "float64",
  win_rate: "float64",
  win_low: "float64",
  win_high: "float64",
  reward: "float64?",
  accuracy: "float64?",
} as const satisfies Columns

export type PointRow = Row<typeof points>
