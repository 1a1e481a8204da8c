import type { Columns, Row } from "../../dsl/column.ts"

/**
 * Checkpoints against opponents: one row per step, opponent (`against` is its name), prompt and
 * response to it. Columns about the response alone are the same against every opponent, so means by
 * `step, against` need no join. Several responses to a prompt (`sample` counts them) are not
 * independent: average them by `prompt_id` before an interval is computed. `token_ids` are the
 * response's, and `truncated_prompt_tokens` how many tokens of the prompt were cut for it, behind
 * the end-of-text that it begins with: its log-probabilities can be computed again.
 * - `outcome`: the probability, by the gold judge, that the response beats one of the opponent's
 *   answers to the prompt drawn at random, a tie counting ½: the mean over all `opponents` answers
 *   of 1 for a win, ½ for a tie, 0 for a loss. `tied` is the fraction of them that it tied with, so
 *   `outcome - tied / 2` is the fraction that it beat
 * - `proxy_outcome`: the same by a proxy, as the probability that it gives: the mean over the
 *   answers of its probability that the response is better, ½ where it ties, and 1 or 0 by a judge
 *   that has no probabilities. Absent where no proxy is wired
 * - `opponent`, `opponent_tokens`: the answer that it was compared with; absent where there were
 *   several
 * - `score`, `truth`, `independent`: the response's score by the gold judge, by the judge whose
 *   labels a learned gold judge was fitted to, and by a judge that nothing was trained on; absent
 *   where that judge is not wired, or does not score responses one by one
 * - `kl`: exact per-token KL to the reference; `k1`, `k3`: Schulman's estimates of it from the
 *   response's own tokens; `logp_reference`: the response's log-probability under the reference;
 *   all in nats, summed over the response's `tokens`. `token_log_ratios` are log π/π_ref of each
 *   of `token_ids`, in their order: their sum is `k1`
 * - `words`, and how many of them are `non_words`: not in the task's text; absent where no text is
 *   wired
 * - `finish_reason`: "stop" or "length"
 */
export const evaluation = {
  /** The checkpoint's step of training. */
  step: "int32",
  /** The name of the opponent. */
  against: "utf8",
  /** Which prompt was answered. */
  prompt_id: "int32",
  /** Which of the checkpoint's responses to the prompt this is, from 0. */
  sample: "int32",
  /** The prompt as text. */
  prompt: "utf8",
  /** The checkpoint's response. */
  response: "utf8",
  /** The response's tokens. */
  token_ids: "list<int32>",
  /** log π/π_ref of each of `token_ids`, in nats; their sum is `k1`. */
  token_log_ratios: "list<float32>",
  /** The opponent's answer; absent where it has several to the prompt. */
  opponent: "utf8?",
  /** With how many of the opponent's answers the response was compared. */
  opponents: "int32",
  /** Probability of beating one of them drawn at random, by the gold judge; a tie counts ½. */
  outcome: "float64",
  /** The fraction of them that it tied with. */
  tied: "float64",
  /** Probability of beating one of them, by the proxy; absent where none is wired. */
  proxy_outcome: "float64?",
  /** Gold score of the response. */
  score: "float64?",
  /** Score by the judge whose labels a learned gold judge was fitted to. */
  truth: "float64?",
  /** Score by a judge that nothing was trained on. */
  independent: "float64?",
  /** Exact KL to the reference, summed over tokens, in nats. */
  kl: "float64",
  /** Schulman's estimate k1 of it, log π/π_ref of the response, in nats. */
  k1: "float64",
  /** Schulman's estimate k3 of it, in nats. */
  k3: "float64",
  /** log π_ref(response | prompt), in nats. */
  logp_reference: "float64",
  /** Number of tokens of the response. */
  tokens: "int32",
  /** Tokens of the prompt that were cut. */
  truncated_prompt_tokens: "int32",
  /** Number of tokens of the opponent's answer; absent where it has several. */
  opponent_tokens: "int32?",
  /** Number of words of the response. */
  words: "int32",
  /** Words that are not in the task's text; absent where no text was given. */
  non_words: "int32?",
  /** "stop" or "length". */
  finish_reason: "utf8",
} as const satisfies Columns

export type EvaluationRow = Row<typeof evaluation>
