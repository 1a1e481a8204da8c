import { type Row, StageError, type TableInput } from "assay"
import type { prompts as promptColumns } from "../../data/schema/index.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"

/** How prompts and responses become tokens and text again. */

/**
 * What a text begins with, of which the first token is never predicted: what the tokenizer puts
 * there or, where that is nothing, an end-of-text, as between two texts.
 */
export const startTokens = ({ start, endOfText }: Tokenizer): Int32Array => (start.length > 0 ? start : Int32Array.of(endOfText))

/**
 * A prompt as the policy reads it: what the tokenizer puts in front of a text, then the prompt's
 * tokens; never nothing. A chat template writes what stands in front by itself.
 */
export const promptTokens = (tokenizer: Tokenizer, prompt: string): Int32Array => {
  if (tokenizer.chat !== undefined) return tokenizer.encode(tokenizer.chat.prompt(prompt))
  const tokens = tokenizer.encode(prompt)
  return tokens.length === 0 ? startTokens(tokenizer) : Int32Array.from([...tokenizer.start, ...tokens])
}

/** A response that came as text, as the policy would have written it. */
export const responseTokens = (tokenizer: Tokenizer, response: string): Int32Array =>
  Int32Array.from([...tokenizer.encode(tokenizer.chat?.response(response) ?? response), tokenizer.endOfText])

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
