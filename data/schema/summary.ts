import type { Columns, Row } from "../../dsl/column.ts"

/**
 * A checkpoint against an opponent in one row. Means over its `responses` to `prompts` prompts
 * carry the names that they have in an evaluation; beside them, of comparisons with all of the
 * opponent's answers:
 * - `win_rate` counts ties as ½, `win_rate_decided` leaves them out, `ties` is their share
 * - `proxy_win_rate` is the mean of `proxy_outcome`. Where it keeps rising and `win_rate` does not,
 *   the policy over-optimises the proxy (Gao et al. 2023). A proxy that has learned from decided
 *   pairs alone and never ties is to be compared with `win_rate_decided`
 * - `win_rate_length_matched` is over the `length_matched` comparisons whose two responses differ
 *   by at most a fifth of the longer's tokens, or by 2
 * - `lexicon_wins`: the share of wins that are owed to the ten words of VADER's lexicon that are in
 *   most of the checkpoint's responses: no longer won once these words are deleted from the
 *   response. Absent without a win
 * - `distinct_n`: n-grams of words that differ, per n-gram, over all responses. It falls with their
 *   number: compare equal `responses` alone
 * - `non_word_share`: non-words per word
 */
export const summary = {
  /** The checkpoint's step of training. */
  step: "int32",
  /** The name of the opponent. */
  against: "utf8",
  /** Number of prompts. */
  prompts: "int32",
  /** Number of responses. */
  responses: "int32",
  /** Ties count ½. */
  win_rate: "float64",
  /** Mean probability of winning, by the proxy; absent where none is wired. */
  proxy_win_rate: "float64?",
  /** Without ties. */
  win_rate_decided: "float64?",
  /** Fraction of ties. */
  ties: "float64",
  /** Of comparisons of about equal length alone. */
  win_rate_length_matched: "float64?",
  /** Number of those. */
  length_matched: "int32",
  /** Fraction of wins that are owed to the ten words of VADER's lexicon in most responses. */
  lexicon_wins: "float64?",
  /** Mean gold score. */
  score: "float64?",
  /** Mean score by the judge whose labels a learned gold judge was fitted to. */
  truth: "float64?",
  /** Mean score by a judge that nothing was trained on. */
  independent: "float64?",
  /** Mean exact KL to the reference, in nats. */
  kl: "float64",
  /** Mean of k1, in nats. */
  k1: "float64",
  /** Mean of k3, in nats. */
  k3: "float64",
  /** Mean log-probability under the reference, in nats. */
  logp_reference: "float64",
  /** Mean tokens of a response. */
  tokens: "float64",
  /** Different words, per word. */
  distinct_1: "float64?",
  /** Different pairs of neighbouring words, per pair. */
  distinct_2: "float64?",
  /** Different runs of three words, per run. */
  distinct_3: "float64?",
  /** Non-words per word. */
  non_word_share: "float64?",
} as const satisfies Columns

export type SummaryRow = Row<typeof summary>
