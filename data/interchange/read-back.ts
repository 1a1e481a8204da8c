import { Tokenizer } from "@huggingface/tokenizers"

/** What becomes of a response's tokens when TRL reads prompt and response as text. */
export interface ReadBack {
  /** Whether they are other tokens, apart from an end-of-text that is added. */
  readonly differs: boolean
  /** Whether the response was cut before its end-of-text; TRL ends every response with one. */
  readonly cut: boolean
}

const endOfText = "<|endoftext|>"

/**
 * Compares the tokens that a policy drew with those that TRL makes of `prompt + response`, given
 * the contents of the policy's `tokenizer.json` and `tokenizer_config.json`. A policy may draw
 * tokens in which no tokenizer would spell their text.
 */
export const readBack = (tokenizer: string, config: string) => {
  const inner = new Tokenizer(JSON.parse(tokenizer), JSON.parse(config))
  const end = inner.token_to_id(endOfText)
  const encode = (text: string): ReadonlyArray<number> => inner.encode(text, { add_special_tokens: false }).ids
  return (prompt: string, response: string, drawn: Int32Array): ReadBack => {
    const cut = drawn.at(-1) !== end
    const tokens = [...encode(prompt), ...(cut ? drawn : drawn.subarray(0, -1))]
    const read = encode(prompt + response)
    return { cut, differs: tokens.length !== read.length || tokens.some((token, index) => token !== read[index]) }
  }
}
