/** Byte-level BPE: trained on a task's text, written as transformers reads it, and read again. */

export type { TokenizerFiles } from "./format.ts"
export { loadTokenizer, type Tokenizer } from "./tokenizer.ts"
export { trainTokenizer } from "./train.ts"
export { endOfText } from "./words.ts"
