import type { Columns, Row } from "../../dsl/column.ts"

/**
 * Claims and their verdicts. `measure` is the `quantity` of the claim's `estimand`, `effect` its
 * estimate with 95 % bounds, in the quantity's unit, over `seeds` seeds; all three are absent where
 * there was nothing to estimate from. `rule` was fixed before the runs. `verdict` is "reproduced",
 * "not reproduced" or "undecided".
 */
export const verdicts = {
  /** The claim as it was written. */
  claim: "utf8",
  /** The `quantity` of the claim's estimand. */
  measure: "utf8",
  /** The estimate of that quantity, in its unit. */
  effect: "float64?",
  /** Lower bound of its 95 % interval. */
  low: "float64?",
  /** Upper bound of its 95 % interval. */
  high: "float64?",
  /** Number of seeds. */
  seeds: "int32",
  /** The direction and threshold that were fixed beforehand. */
  rule: "utf8",
  /** "reproduced", "not reproduced" or "undecided". */
  verdict: "utf8",
} as const satisfies Columns

export type VerdictRow = Row<typeof verdicts>
