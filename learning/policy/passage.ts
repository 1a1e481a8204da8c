import type { Tokenizer } from "../tokenizer/tokenizer.ts"
import type { Sequence } from "./packing.ts"
import { responseTokens } from "./text.ts"
import { truncate } from "./truncate.ts"

/** A passage of text as sft reads it: what fits the context, behind an end-of-text. */
export interface Passage extends Sequence {
  /** Tokens of the whole passage, its end-of-text included. */
  readonly length: number
}

export const passageOf = (tokenizer: Tokenizer, text: string, context: number): Passage => {
  const tokens = responseTokens(tokenizer, text)
  const { prompt, responses } = truncate(Int32Array.of(tokenizer.endOfText), [tokens], context)
  return { prompt, response: responses[0] as Int32Array, length: tokens.length }
}
