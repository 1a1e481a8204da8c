import type { Columns, Row } from "../../dsl/column.ts"

/**
 * Claims and their verdicts. `measure` is the quantity of the claim's estimand, `effect` its
 * estimate with 95 % bounds, in the quantity's unit, over `seeds` seeds; all three are absent where
 * there was nothing to estimate from. `rule` was fixed before the runs. `verdict` is "reproduced",
 * "not reproduced" or "undecided".
 */
export const verdicts = {
  claim: "utf8",
  measure: "utf8",
  effect: "float64?",
  low: "float64?",
  high: "float64?",
  seeds: "int32",
  rule: "utf8",
  verdict: "utf8",
} as const satisfies Columns

export type VerdictRow = Row<typeof verdicts>
