import type { Columns, Row } from "../../dsl/column.ts"

/**
 * Labelled pairs: a superset of TRL's explicit preference form. `prompt` does not contain the
 * response; `chosen` and `rejected` are the responses alone, `*_token_ids` their tokens. `score_*`
 * is the judge's score where it has one, `p_chosen` its probability that `chosen` is the better, or
 * the share of several annotators who say so. Of a `tie` the order of the two means nothing.
 * `source` names the kind of judge ("gold", "proxy", "human", …); `judge_key` and `policy_key` are
 * digests of artifacts, absent where no stored artifact judged or responded. `judge_labels` is what
 * a learned judge had itself been trained on, as JSON: sets of labels by the digest of the table
 * that they came in, and in each the labelled pairs by the kind of judge that labelled them, and
 * those that were not ties, `{"<digest>":{"gold":{"pairs":102000,"untied":36851}}}`. Absent of
 * gold, of people, and where it is not known.
 *
 * A stream is a table of the same columns: `step`, then `position` within the step, is the order in
 * which the learner saw the pairs.
 */
export const preferences = {
  /** The pair, counted from 0. */
  pair_id: "int32",
  /** The prompt alone. */
  prompt: "utf8",
  /** The better response alone. */
  chosen: "utf8",
  /** The worse response alone. */
  rejected: "utf8",
  /** Tokens of `chosen`; empty where it was imported. */
  chosen_token_ids: "list<int32>",
  /** Tokens of `rejected`; empty where it was imported. */
  rejected_token_ids: "list<int32>",
  /** The judge's score of `chosen`; absent if it only compares. */
  score_chosen: "float64?",
  /** The judge's score of `rejected`; absent if it only compares. */
  score_rejected: "float64?",
  /**
   * Probability, by the judge, that `chosen` is the better; of several annotators their share, a
   * tie counting half.
   */
  p_chosen: "float64?",
  /** How many annotators judged the pair, where it is known: `p_chosen` is then their share. */
  annotators: "int32?",
  /**
   * log μ(chosen | prompt) at temperature 1 under the policy that drew it, in nats, summed over its
   * tokens; absent of what was not drawn here.
   */
  logp_chosen: "float64?",
  /** The same of `rejected`. */
  logp_rejected: "float64?",
  /** Whether neither is better; their order then means nothing. */
  tie: "bool",
  /** The kind of judge: "gold", "proxy", "human", …. */
  source: "utf8",
  /**
   * Digest of the judge: of the artifact, not the key of its stage. Absent where it is not a stored
   * artifact.
   */
  judge_key: "utf8?",
  /** What a learned judge was trained on, as JSON. */
  judge_labels: "utf8?",
  /**
   * Digest of the policy that responded: of the artifact, not the key of its stage. Absent where it
   * is not a stored artifact, or there were two.
   */
  policy_key: "utf8?",
  /** The step of training at which the learner saw the pair; 0 outside of a stream. */
  step: "int32",
  /** The place of the pair within its step. */
  position: "int32",
} as const satisfies Columns

export type PreferenceRow = Row<typeof preferences>
