import type { Columns, Row } from "../../dsl/column.ts"

/**
 * Checkpoints against opponents: one row per step, opponent (`against` is its name) and prompt.
 * Columns about the response alone are the same against every opponent, so means by `step, against`
 * need no join. `token_ids` are the response's, and `truncated_prompt_tokens` how many tokens of
 * the prompt were cut for it, behind the end-of-text that it begins with: its log-probabilities can
 * be computed again.
 * - `outcome`: 1 for a win, ½ for a tie, 0 for a loss, judged by gold; `score`, `truth`,
 *   `independent`: the response's score by gold, by the judge behind a learned gold, and by one
 *   that nothing was trained on; absent where that judge is not wired, or does not score responses
 *   one by one
 * - `kl`: exact per-token KL to the reference; `k1`, `k3`: Schulman's estimates of it from the
 *   response's own tokens; `logp_reference`: the response's log-probability under the reference;
 *   all in nats, summed over the response's `tokens`
 * - `words`, and how many of them are `non_words`: not in the task's text; absent where no text is
 *   wired
 * - `finish_reason`: "stop" or "length"
 */
export const evaluation = {
  step: "int32",
  against: "utf8",
  prompt_id: "int32",
  prompt: "utf8",
  response: "utf8",
  token_ids: "list<int32>",
  opponent: "utf8",
  outcome: "float64",
  score: "float64?",
  truth: "float64?",
  independent: "float64?",
  kl: "float64",
  k1: "float64",
  k3: "float64",
  logp_reference: "float64",
  tokens: "int32",
  truncated_prompt_tokens: "int32",
  opponent_tokens: "int32",
  words: "int32",
  non_words: "int32?",
  finish_reason: "utf8",
} as const satisfies Columns

export type EvaluationRow = Row<typeof evaluation>
