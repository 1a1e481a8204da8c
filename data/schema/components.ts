import type { Columns, Row } from "../../dsl/column.ts"

/**
 * What a gap between two arms is made of, at each KL, with 95 % bounds over worlds, seeds and
 * prompts. "sampling", "labels" and "interaction" add up to "gap", and "order" and "coverage" to
 * "sampling".
 */
export const components = {
  /** What the gap is of: a task, a size. */
  panel: "utf8",
  /** KL to the reference at which all arms are read, in nats. */
  kl: "float64",
  /** "sampling", "order", "coverage", "labels", "interaction" or "gap". */
  component: "utf8",
  /** In win rate. */
  effect: "float64",
  /** Lower bound of its 95 % interval. */
  low: "float64",
  /** Upper bound of its 95 % interval. */
  high: "float64",
  /** Number of worlds; 1 where runs have no axis "world". */
  worlds: "int32",
} as const satisfies Columns

export type ComponentRow = Row<typeof components>
