import type { Columns, Row } from "../../dsl/column.ts"

/**
 * A checkpoint against an opponent in one row. Means over `prompts` responses carry the names that
 * they have in an evaluation; beside them:
 * - `win_rate` counts ties as ½, `win_rate_decided` leaves them out, `ties` is their share
 * - `win_rate_length_matched` is over the `length_matched` comparisons whose two responses differ
 *   by at most a fifth of the longer's tokens, or by 2
 * - `lexicon_wins`: the share of wins that are owed to the ten words of VADER's lexicon that are in
 *   most of the checkpoint's responses: no longer won once these words are deleted from the
 *   response. Absent without a win
 * - `distinct_n`: n-grams of words that differ, per n-gram, over all responses. It falls with their
 *   number: compare equal `prompts` alone
 * - `non_word_share`: non-words per word
 */
export const summary = {
  step: "int32",
  against: "utf8",
  prompts: "int32",
  win_rate: "float64",
  win_rate_decided: "float64?",
  ties: "float64",
  win_rate_length_matched: "float64?",
  length_matched: "int32",
  lexicon_wins: "float64?",
  score: "float64?",
  truth: "float64?",
  independent: "float64?",
  kl: "float64",
  k1: "float64",
  k3: "float64",
  logp_reference: "float64",
  tokens: "float64",
  distinct_1: "float64?",
  distinct_2: "float64?",
  distinct_3: "float64?",
  non_word_share: "float64?",
} as const satisfies Columns

export type SummaryRow = Row<typeof summary>
