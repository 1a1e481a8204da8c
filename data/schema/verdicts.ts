import type { Columns, Row } from "../../dsl/column.ts"

/**
 * Claims and their verdicts: one row each. `measure` is what was estimated, in words; `effect` its
 * estimate with 95 % bounds, in the quantity's unit, over `worlds` worlds of `seeds` seeds each. Of
 * a claim with several estimates they are those of the one that is hardest to support. `rule` was
 * fixed before the runs.
 *
 * `verdict` is "supported", "negligible" (a difference of `margin` or more is excluded),
 * "opposite", "inconclusive" (`detectable` is then what could have been found), or "not
 * measurable", of which `reason` says why. It is held to the procedure of the claim's `family`, so
 * that a 95 % interval may exclude the threshold and the claim still be inconclusive.
 */
export const verdicts = {
  /** The claim as it was written. */
  claim: "utf8",
  /** "primary", "exploratory" or "check". */
  family: "utf8",
  /** What was estimated, in words. */
  measure: "utf8",
  /** The name of the opponent, where the quantity is a win rate. */
  against: "utf8?",
  /** KL to the reference at which arms are compared, in nats. */
  kl: "float64?",
  /** The estimate, in the unit of the quantity. */
  effect: "float64?",
  /** Lower bound of its 95 % interval. */
  low: "float64?",
  /** Upper bound of its 95 % interval. */
  high: "float64?",
  /**
   * The smallest true difference from the threshold that the procedure finds with power 0.8, at the
   * level that the claim was held to.
   */
  detectable: "float64?",
  /** Two-sided p-value of the test that supports the claim. */
  p: "float64?",
  /** The same, adjusted for the other claims of its family. */
  p_adjusted: "float64?",
  /** The direction and threshold that were fixed beforehand. */
  rule: "utf8",
  /** δ: a smaller difference beyond the threshold is negligible; absent where none is. */
  margin: "float64?",
  /** Number of worlds; 1 where runs have no axis "world". */
  worlds: "int32",
  /** Number of seeds of an arm in each world. */
  seeds: "int32",
  /** "supported", "negligible", "opposite", "inconclusive" or "not measurable". */
  verdict: "utf8",
  /** Why the claim is not measurable. */
  reason: "utf8?",
} as const satisfies Columns

export type VerdictRow = Row<typeof verdicts>
