import { type Row, StageError, type TableInput } from "assay"
import type { prompts as promptColumns } from "../../data/schema/index.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"

/** How prompts and responses become tokens and text again. */

/** A prompt as the policy reads it: end-of-text, then its tokens. */
export const promptTokens = (tokenizer: Tokenizer, prompt: string): Int32Array =>
  Int32Array.from([tokenizer.endOfText, ...tokenizer.encode(prompt)])

/** A response that came as text, as the policy would have written it. */
export const responseTokens = (tokenizer: Tokenizer, response: string): Int32Array =>
  Int32Array.from([...tokenizer.encode(response), tokenizer.endOfText])

/** The text of a response, its end-of-text left out. */
export const responseText = (tokenizer: Tokenizer, tokens: Int32Array): string =>
  tokenizer.decode(tokens.at(-1) === tokenizer.endOfText ? tokens.subarray(0, -1) : tokens)

/**
 * The prompts of a split, in the table's order. Throws a StageError `NoPrompts` if there are none.
 */
export const readPrompts = async (
  input: TableInput<typeof promptColumns>,
  split: "train" | "test",
): Promise<ReadonlyArray<Row<typeof promptColumns>>> => {
  const rows = (await input.read()).filter((row) => row.split === split)
  if (rows.length === 0) throw new StageError("NoPrompts", `the prompts have no row whose split is "${split}"`)
  return rows
}
