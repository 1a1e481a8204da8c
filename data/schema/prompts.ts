import type { Columns, Row } from "../../dsl/column.ts"

/**
 * The prompts of a task, each string once. A prompt has no space at its end: the response brings
 * its own at its beginning. `split` is "train" or "test".
 */
export const prompts = {
  /** The prompt, counted from 0. */
  prompt_id: "int32",
  /** Without a space at its end. */
  prompt: "utf8",
  /** "train" or "test". */
  split: "utf8",
} as const satisfies Columns

export type PromptRow = Row<typeof prompts>
