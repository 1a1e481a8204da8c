import type { Columns, Row } from "../../dsl/column.ts"

/**
 * What verdicts rest on: one row for each estimate that a claim is made of (`part` counts them from
 * 1). `effect`, its standard error `se` and its 95 % bounds are in the unit of the quantity, with
 * Student's quantiles of `degrees` of freedom; all are absent where there was nothing to estimate
 * from, and `reason` says why.
 *
 * The variance of an estimate over W worlds, S seeds in each and n prompts is
 * sd_world²/W + sd_seed²/(W·S) + sd_sampling²/(W·S·n) + sd_prompt²/n:
 * - `sd_world`: between worlds (all that is drawn once for the runs of a world: SFT, data, judges);
 *   absent where runs have no axis "world"
 * - `sd_seed`: between seeds of a world, beyond what sampling explains
 * - `sd_sampling`: of one run's response to one prompt, beyond the prompt itself
 * - `sd_prompt`: between prompts, as all runs share them
 * Each is no less than 0, and absent where too few were observed to tell.
 */
export const estimates = {
  /** The claim as it was written. */
  claim: "utf8",
  /** Which of the claim's estimates this is, from 1. */
  part: "int32",
  /** What is estimated, in words. */
  measure: "utf8",
  /** The name of the opponent, where the quantity is a win rate. */
  against: "utf8?",
  /** KL to the reference at which arms are compared, in nats. */
  kl: "float64?",
  /** "above", "below" or "within". */
  direction: "utf8",
  /** Of the rule, in the unit of the quantity. */
  threshold: "float64",
  /** The estimate, in the unit of the quantity. */
  effect: "float64?",
  /** Its standard error. */
  se: "float64?",
  /** Degrees of freedom of the standard error. */
  degrees: "float64?",
  /** Lower bound of its 95 % interval. */
  low: "float64?",
  /** Upper bound of its 95 % interval. */
  high: "float64?",
  /** The smallest true difference from the threshold that this rule finds with power 0.8. */
  detectable: "float64?",
  /** Number of worlds; 1 where runs have no axis "world". */
  worlds: "int32",
  /** Number of seeds of an arm in each world. */
  seeds: "int32",
  /** Number of prompts that each run has answered. */
  prompts: "int32",
  /** Standard deviation between worlds. */
  sd_world: "float64?",
  /** Standard deviation between seeds of a world. */
  sd_seed: "float64?",
  /** Standard deviation of one run's response to one prompt. */
  sd_sampling: "float64?",
  /** Standard deviation between prompts that runs share. */
  sd_prompt: "float64?",
  /** Why nothing was estimated. */
  reason: "utf8?",
} as const satisfies Columns

export type EstimateRow = Row<typeof estimates>
