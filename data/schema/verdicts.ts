import type { Columns, Row } from "../../dsl/column.ts"

/**
 * Claims with what came out. `effect` with its 95 % bounds is in the unit of its `measure`, over `seeds` seeds; it and they are absent where it
 * cannot be measured. `rule` is what was fixed beforehand. `verdict` is "reproduced", "not reproduced" or "undecided".
 */
export const verdicts = {
  /** The claim as it was written. */
  claim: "utf8",
  /** What is measured. */
  measure: "utf8",
  /** The effect, in the unit of its measure. */
  effect: "float64?",
  /** Lower bound of its 95 % interval. */
  low: "float64?",
  /** Upper bound of its 95 % interval. */
  high: "float64?",
  /** Number of seeds. */
  seeds: "int32",
  /** What was fixed beforehand. */
  rule: "utf8",
  /** "reproduced", "not reproduced" or "undecided". */
  verdict: "utf8",
} as const satisfies Columns

export type VerdictRow = Row<typeof verdicts>
