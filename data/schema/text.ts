import type { Columns, Row } from "../../dsl/column.ts"

/**
 * The text of a task, one passage per row. `kind` is a name that the text's maker chose for a sort
 * of passage, which `sft` can select; `split` is "train" or "test".
 */
export const text = {
  /** The passage, counted from 0. */
  text_id: "int32",
  /** The whole passage. */
  text: "utf8",
  /** What sort of passage it is: any name, such as "sentence", "gloss" or "review". */
  kind: "utf8",
  /** "train" or "test". */
  split: "utf8",
} as const satisfies Columns

export type TextRow = Row<typeof text>
