import type { Columns, Row } from "../../dsl/column.ts"

/**
 * Responses drawn from a policy. `token_ids` and `tokens` are the response's alone; `logp_policy`
 * is its log-probability given the prompt, in nats, summed over those tokens, at temperature 1. If
 * prompt plus `maxNewTokens` exceeds the context, the start of the prompt is cut, behind the
 * `<|endoftext|>` that it begins with: `truncated_prompt_tokens` counts the cut tokens.
 * `finish_reason` is "stop", or "length" where `maxNewTokens` or the context ended it. `position`
 * is the row's place in the table.
 */
export const responses = {
  /** Which prompt was answered. */
  prompt_id: "int32",
  /** Which of the responses to the prompt this is, from 0. */
  sample_index: "int32",
  /** The prompt as text. */
  prompt: "utf8",
  /** The response alone, with the space at its beginning. */
  response: "utf8",
  /** The response's tokens; empty where a server drew it. */
  token_ids: "list<int32>",
  /**
   * log π(response | prompt) at temperature 1, in nats, summed over the tokens; absent where a
   * server drew it.
   */
  logp_policy: "float64?",
  /**
   * log μ(response | prompt) of the distribution that its tokens were drawn from, with the
   * temperature, top-k and top-p of the draw, in nats, summed over the tokens. Absent where a
   * server drew it, and in tables from before there was this column.
   */
  logp_behaviour: "float64?",
  /** Number of tokens; of a response that a server drew its own, or 0 where it does not say. */
  tokens: "int32",
  /** Tokens cut from the start of the prompt, to keep `maxNewTokens` free in the context. */
  truncated_prompt_tokens: "int32",
  /** "stop", "length" where the limit of tokens or the context ended it, or what a server says. */
  finish_reason: "utf8",
  /**
   * Digest of the policy that was drawn from: of the artifact, not the key of its stage. Absent
   * where a server drew it.
   */
  policy_key: "utf8?",
  /** The row's place in the table, from 0. */
  position: "int32",
  /** The seed of the draw. */
  seed: "int32",
} as const satisfies Columns

export type ResponseRow = Row<typeof responses>
