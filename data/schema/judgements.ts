import type { Columns, Row } from "../../dsl/column.ts"

/**
 * One row for each pair, in their order. `p_label` and `tie` are the label's (see `preferences`),
 * `p_judge` is the judge's own. In descending order of `abs(p_label - p_judge)`, the pairs on which
 * the two disagree most come first. Where `p_label` is absent, the label says 1, or ½ of a tie.
 */
export const judgements = {
  /** The pair, as its table counts it. */
  pair_id: "int32",
  /** The prompt alone. */
  prompt: "utf8",
  /** The response that the label calls better. */
  chosen: "utf8",
  /** The other response. */
  rejected: "utf8",
  /** Probability that `chosen` is the better, by the label; absent where it has none. */
  p_label: "float64?",
  /**
   * The same by the judge: ½ where it ties the two, and 1 or 0 by a judge that has no
   * probabilities.
   */
  p_judge: "float64",
  /** Whether the label is a tie; the order of the two then means nothing. */
  tie: "bool",
} as const satisfies Columns

export type JudgementRow = Row<typeof judgements>
