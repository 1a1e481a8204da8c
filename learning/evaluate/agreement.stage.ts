import { oneOf, optional, stage } from "assay"
import { GoldJudge, Judgements, Metrics, Preferences, ProxyJudge } from "../artifacts.ts"

/**
 * Measures how often a judge agrees with existing labels: of the pairs whose label is not a tie,
 * the fraction that the judge orders alike, its own ties counted as ½. `metrics`, at step 0, are
 * all fractions but `pairs`:
 * - `accuracy` over `pairs` pairs, and `accuracy: <source>` where the labels have several sources
 * - `tie_share` of the labels, `judge_tie_share` of the judge's verdicts
 * - `baseline_accuracy`, with pairs for a `baseline`: the accuracy of a bag of words and
 *   neighbouring pairs of words that is fitted to them
 *
 * `judgements` has one row for each pair that was read, ties too: the probability that the chosen
 * response is better, by the label (`p_label`) and by the judge (`p_judge`). In descending order of
 * `abs(p_label - p_judge)`, those on which the two disagree most come first.
 *
 * Throws a StageError `NoPairs` where every label is a tie.
 */
export const agreement = stage({
  name: "agreement",
  inputs: { judge: oneOf(GoldJudge, ProxyJudge), preferences: Preferences, baseline: optional(Preferences) },
  parameters: {},
  outputs: { metrics: Metrics, judgements: Judgements },
  engine: true,
  run: () => import("./agreement.ts"),
})
