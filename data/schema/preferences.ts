import type { Columns, Row } from "../../dsl/column.ts"

/**
 * Labelled pairs: a superset of TRL's explicit preference form. `prompt` does not contain the
 * response; `chosen` and `rejected` are the responses alone, `*_token_ids` their tokens. `score_*`
 * is the judge's score where it has one, `p_chosen` its probability that `chosen` is the better. Of
 * a `tie` the order of the two means nothing. `source` names the kind of judge ("gold", "proxy",
 * "human", …); `judge_key` and `policy_key` are absent where no stored artifact judged or spoke.
 * `judge_labels` is what a learned judge had itself been trained on, as JSON: labelled pairs by the
 * kind of judge that labelled them, and those that were not ties,
 * `{"gold":{"pairs":102000,"untied":30600}}`. Absent of gold, of people, and where it is not known.
 *
 * A stream is a table of the same columns: `step`, then `position` within the step, is the order in
 * which the learner saw the pairs.
 */
export const preferences = {
  pair_id: "int32",
  prompt: "utf8",
  chosen: "utf8",
  rejected: "utf8",
  chosen_token_ids: "list<int32>",
  rejected_token_ids: "list<int32>",
  score_chosen: "float64?",
  score_rejected: "float64?",
  p_chosen: "float64?",
  tie: "bool",
  source: "utf8",
  judge_key: "utf8?",
  judge_labels: "utf8?",
  policy_key: "utf8?",
  step: "int32",
  position: "int32",
} as const satisfies Columns

export type PreferenceRow = Row<typeof preferences>
