import type { Columns, Row } from "../../dsl/column.ts"

/**
 * Responses drawn from a policy. `token_ids` and `tokens` are the response's alone; `logp_policy` and `logp_reference` are
 * its log-probability given the prompt, in nats, summed over those tokens. `finish_reason` is "stop" or "length".
 * `step` is the policy's training step, `position` the row's place within it.
 */
export const responses = {
  prompt_id: "int32",
  sample_index: "int32",
  prompt: "utf8",
  response: "utf8",
  token_ids: "list<int32>",
  logp_policy: "float64",
  logp_reference: "float64?",
  tokens: "int32",
  finish_reason: "utf8",
  policy_key: "utf8",
  step: "int32",
  position: "int32",
  seed: "int32",
} as const satisfies Columns

export type ResponseRow = Row<typeof responses>
