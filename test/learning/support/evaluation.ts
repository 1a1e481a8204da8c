import type { ClassificationRow, EvaluationRow } from "../../../data/schema/index.ts"

/** An empty response that ties; what a test is about is given. */
export const evaluationRow = (given: Partial<EvaluationRow>): EvaluationRow => ({
  step: 1,
  against: "sft",
  prompt_id: 0,
  sample: 0,
  prompt: "",
  response: "",
  token_ids: new Int32Array(),
  token_log_ratios: new Float32Array(),
  opponent: "",
  opponents: 1,
  outcome: 0.5,
  tied: given.outcome === undefined || given.outcome === 0.5 ? 1 : 0,
  proxy_outcome: null,
  score: null,
  truth: null,
  independent: null,
  kl: 0,
  k1: 0,
  k3: 0,
  logp_reference: -1,
  tokens: 1,
  truncated_prompt_tokens: 0,
  opponent_tokens: 1,
  words: 0,
  non_words: null,
  finish_reason: "stop",
  ...given,
})

export const classificationRow = (given: Partial<ClassificationRow> & { readonly margin: number }): ClassificationRow => ({
  step: 1,
  pair_id: 0,
  correct: given.margin === 0 ? null : given.margin > 0,
  chosen_change: given.margin,
  rejected_change: 0,
  pair_source: "preferences",
  ...given,
})
