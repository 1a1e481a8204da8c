import type { Tokenizer } from "../tokenizer/tokenizer.ts"
import type { Sequence } from "./packing.ts"
import { responseTokens, startTokens } from "./text.ts"
import { truncate } from "./truncate.ts"

/** A passage of text as sft reads it: what fits the context, behind an end-of-text. */
export interface Passage extends Sequence {
  /** Tokens of the whole passage, its end-of-text included. */
  readonly length: number
}

/**
 * Text as sft reads it: what a text begins with, then as many of its tokens as fit a context of so
 * many, and one more end-of-text if all did.
 */
export const tokenizePassage = (tokenizer: Tokenizer, text: string, context: number): Passage => {
  const tokens = responseTokens(tokenizer, text)
  const { prompt, responses } = truncate(startTokens(tokenizer), [tokens], context)
  return { prompt, response: responses[0] as Int32Array, length: tokens.length }
}
