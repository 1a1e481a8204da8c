import type { Columns, Row } from "../../dsl/column.ts"

/**
 * Responses drawn from a policy. `token_ids` and `tokens` are the response's alone; `logp_policy` is its log-probability given the prompt, in nats, summed
 * over those tokens, at temperature 1. Of a prompt that left no room for a response, the policy read its end alone: `truncated_prompt_tokens` is how many
 * tokens were cut, behind the end-of-text that it begins with. `finish_reason` is "stop", or "length" where `maxNewTokens` or the context ended it.
 * `position` is the row's place in the table.
 */
export const responses = {
  prompt_id: "int32",
  sample_index: "int32",
  prompt: "utf8",
  response: "utf8",
  token_ids: "list<int32>",
  logp_policy: "float64",
  tokens: "int32",
  truncated_prompt_tokens: "int32",
  finish_reason: "utf8",
  policy_key: "utf8",
  position: "int32",
  seed: "int32",
} as const satisfies Columns

export type ResponseRow = Row<typeof responses>
