import type { Columns, Row } from "../../dsl/column.ts"

/**
 * The text of a task: one passage a row. `kind` is "sentence" or "gloss", `split` is "train" or
 * "test".
 */
export const text = {
  text_id: "int32",
  text: "utf8",
  kind: "utf8",
  split: "utf8",
} as const satisfies Columns

export type TextRow = Row<typeof text>
