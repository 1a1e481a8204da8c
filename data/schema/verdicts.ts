import type { Columns, Row } from "../../dsl/column.ts"

/**
 * Claims with what came out. `effect` with its 95 % bounds is in the unit of its `measure`, over `seeds` seeds; it and they are absent where it
 * cannot be measured. `rule` is what was fixed beforehand. `verdict` is "reproduced", "not reproduced" or "undecided".
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
