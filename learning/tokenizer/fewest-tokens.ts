import { endOfText, wordsOf } from "./words.ts"

/**
 * The fewest tokens of a text under any byte-level BPE whose special token is `<|endoftext|>`: that
 * token where it is spelled, and one for each word. Merges happen within the words of GPT-2's
 * pre-tokenisation, never across them.
 */
export const fewestTokens = (text: string): number =>
  text.split(endOfText).reduce((sum, part, index) => sum + wordsOf(part).length + (index === 0 ? 0 : 1), 0)
