import type { Columns, Row } from "../../dsl/column.ts"

/**
 * The prompts of a task, each string once. A prompt has no space at its end: the response brings
 * its own at its beginning. `split` is "train" or "test".
 */
export const prompts = {
  prompt_id: "int32",
  prompt: "utf8",
  split: "utf8",
} as const satisfies Columns

export type PromptRow = Row<typeof prompts>
