import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers"
import { StageError } from "../../dsl/stage-error.ts"
import { endOfText, wordsOf } from "./words.ts"

export interface Tokenizer {
  /** Ids are 0 … vocabularySize − 1. */
  readonly vocabularySize: number
  /** The id of `<|endoftext|>`: begins, ends and pads. */
  readonly endOfText: number
  /**
   * The ids of a text; nothing is added at its ends. The spelling `<|endoftext|>` in a text becomes the special token, as in
   * transformers. Where one text ends in no white space and the next begins with white space, their ids are the ids of both texts together.
   */
  readonly encode: (text: string) => Int32Array
  /**
   * The text of ids: `decode(encode(text))` is `text`, if that is well-formed Unicode. Bytes that are no UTF-8 become U+FFFD.
   * A RangeError for an id outside of the vocabulary.
   */
  readonly decode: (ids: ArrayLike<number>) => string
}

/**
 * Reads what `trainTokenizer` wrote: the contents of `tokenizer.json` and `tokenizer_config.json`.
 * Fails with a StageError "TokenizerFile" for anything else.
 */
export const loadTokenizer = (tokenizerJson: string, configJson: string): Tokenizer => {
  const file = parse("tokenizer.json", tokenizerJson)
  const inner = read(file, parse("tokenizer_config.json", configJson))
  const vocabularySize = inner.get_vocab().size
  const special = inner.token_to_id(endOfText)
  if (special === undefined) throw refuse("tokenizer.json", `has no ${endOfText}`)
  if (!isByteLevel(file)) throw refuse("tokenizer.json", "is not a byte-level BPE without a prefix space, as Assay trains it")

  // Texts repeat their words, so most words are looked up; what a policy makes up is without end, so the table is emptied when full.
  const known = new Map<string, ReadonlyArray<number>>()
  const encodeWord = (word: string): ReadonlyArray<number> => {
    const ids = inner.encode(word, { add_special_tokens: false }).ids
    if (known.size >= 100_000) known.clear()
    known.set(word, ids)
    return ids
  }
  const encode = (text: string): Int32Array => {
    if (text.includes(endOfText)) return Int32Array.from(inner.encode(text, { add_special_tokens: false }).ids)
    const ids: Array<number> = []
    for (const word of wordsOf(text)) for (const id of known.get(word) ?? encodeWord(word)) ids.push(id)
    return Int32Array.from(ids)
  }
  const decode = (ids: ArrayLike<number>): string => {
    const list = Array.from(ids)
    const foreign = list.find((id) => inner.id_to_token(id) === undefined)
    if (foreign !== undefined) throw new RangeError(`decode: ${foreign} is no id of a vocabulary of ${vocabularySize}`)
    return list.length === 0 ? "" : inner.decode(list)
  }
  return { vocabularySize, endOfText: special, encode, decode }
}

const parse = (name: string, content: string): object => {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (error) {
    throw refuse(name, `is no JSON: ${(error as Error).message}`)
  }
  if (typeof value !== "object" || value === null) throw refuse(name, "holds no object")
  return value
}

const read = (file: object, config: object): HuggingFaceTokenizer => {
  try {
    return new HuggingFaceTokenizer(file, config)
  } catch (error) {
    throw refuse("tokenizer.json", `is no tokenizer: ${(error as Error).message}`)
  }
}

const isByteLevel = (file: { readonly pre_tokenizer?: unknown; readonly normalizer?: unknown }): boolean => {
  const { pre_tokenizer: cut, normalizer } = file as { pre_tokenizer: Readonly<Record<string, unknown>> | null; normalizer: unknown }
  return normalizer === null && cut?.type === "ByteLevel" && cut.add_prefix_space === false && (cut.use_regex ?? true) === true
}

const refuse = (name: string, problem: string): StageError => new StageError("TokenizerFile", `${name} ${problem}`, { file: name })
