import type { Columns, Row } from "../../dsl/column.ts"
import { text } from "./text.ts"

/**
 * Text whose passages are answers to prompts: the prompt, which is the first `response_start`
 * characters, and a response that somebody wrote to it, which begins with a space. `kind` says what
 * sort of answer it is: in the task `ham`, "ham" or "spam", as people sorted it.
 */
export const demonstrations = {
  ...text,
  /** Where the response begins: characters of the prompt. */
  response_start: "int32",
} as const satisfies Columns

export type DemonstrationRow = Row<typeof demonstrations>
