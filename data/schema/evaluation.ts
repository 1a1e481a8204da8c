import type { Columns, Row } from "../../dsl/column.ts"

/**
 * A checkpoint against an opponent: one response a row. `outcome` is 1 for a win, ½ for a tie, 0 for a loss; `score` is the judge's
 * score of the response where it scores responses one by one; `kl` is the exact per-token KL to the reference, in nats, summed over
 * the response's `tokens`; `finish_reason` is "stop" or "length".
 */
export const evaluation = {
  step: "int32",
  prompt_id: "int32",
  response: "utf8",
  opponent: "utf8",
  outcome: "float64",
  score: "float64?",
  kl: "float64",
  tokens: "int32",
  finish_reason: "utf8",
} as const satisfies Columns

export type EvaluationRow = Row<typeof evaluation>
