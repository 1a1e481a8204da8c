import type { Columns, Row } from "../../dsl/column.ts"

/**
 * Gaps in win rate between two arms along KL, with 95 % bounds over worlds, seeds and prompts. A
 * series has a row for each KL that all runs of both arms get to.
 */
export const gaps = {
  /** What the comparison is about: a task, a size. */
  panel: "utf8",
  /** Which comparison of the panel: a learning rate. */
  series: "utf8",
  /** KL to the reference at which both arms are read, in nats. */
  kl: "float64",
  /** Win rate of the first arm less that of the second. */
  effect: "float64",
  /** Lower bound of its 95 % interval. */
  low: "float64",
  /** Upper bound of its 95 % interval. */
  high: "float64",
  /** Number of worlds; 1 where runs have no axis "world". */
  worlds: "int32",
} as const satisfies Columns

export type GapRow = Row<typeof gaps>
