import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers"
import { StageError } from "../../dsl/stage-error.ts"
import { type Chat, chatOf } from "./chat-template.ts"
import { endOfText, wordsOf } from "./words.ts"

/** Turns texts into tokens and back. */
export interface Tokenizer {
  /** Ids are 0 … vocabularySize − 1. */
  readonly vocabularySize: number
  /** The ids that the tokenizer puts in front of every text; none, where it puts nothing there. */
  readonly start: Int32Array
  /** The id that ends a response and pads: the `eos_token`. */
  readonly endOfText: number
  /**
   * The ids of a text; nothing is added at its ends. The spelling of a special token in a text
   * becomes that token, as in transformers. Of a byte-level BPE with the words of GPT-2, where one
   * text ends in no white space and the next begins with white space, their ids are the ids of both
   * texts together.
   */
  readonly encode: (text: string) => Int32Array
  /**
   * The text of ids: `decode(encode(text))` is `text`, if that is well-formed Unicode. Bytes that
   * are no UTF-8 become U+FFFD. A RangeError for an id outside of the vocabulary.
   */
  readonly decode: (ids: ArrayLike<number>) => string
  /** How prompts and responses are written where they are turns of a conversation. */
  readonly chat?: Chat
}

/**
 * Reads what `trainTokenizer` wrote, or another BPE: the contents of `tokenizer.json` and
 * `tokenizer_config.json`. Fails with a StageError "TokenizerFile" that names what is not
 * supported.
 */
export const loadTokenizer = (tokenizerJson: string, configJson: string): Tokenizer => {
  const file = parse("tokenizer.json", tokenizerJson)
  const config = parse("tokenizer_config.json", configJson)
  const vocabularySize = checkIds(checkModel(file), file)
  const inner = read(file, config)
  const end = specialToken(config, "eos_token") ?? endOfText
  const special = inner.token_to_id(end)
  if (special === undefined) throw refuse("tokenizer.json", `has no ${end}`)
  const encodeWhole = (text: string): ReadonlyArray<number> => inner.encode(text, { add_special_tokens: false }).ids
  const encode = isByteLevel(file) ? byWords(encodeWhole, spellingsOf(file)) : (text: string) => Int32Array.from(encodeWhole(text))
  const decode = (ids: ArrayLike<number>): string => {
    const list = Array.from(ids)
    const foreign = list.find((id) => inner.id_to_token(id) === undefined)
    if (foreign !== undefined) throw new RangeError(`decode: ${foreign} is not an id of a vocabulary of ${vocabularySize}`)
    return list.length === 0 ? "" : inner.decode(list)
  }
  checkRoundTrip({ encode, decode })
  const chat = chatOf(config as Readonly<Record<string, unknown>>, {
    bos_token: specialToken(config, "bos_token"),
    eos_token: specialToken(config, "eos_token"),
    pad_token: specialToken(config, "pad_token"),
  })
  return { vocabularySize, start: startOf(inner), endOfText: special, encode, decode, ...(chat === undefined ? {} : { chat }) }
}

/** The text of a special token of `tokenizer_config.json`, as a string or an object has it. */
export const specialToken = (config: object, key: "bos_token" | "eos_token" | "pad_token"): string | undefined => {
  const token = (config as Readonly<Record<string, unknown>>)[key]
  const content = typeof token === "object" && token !== null ? (token as { readonly content?: unknown }).content : token
  return typeof content === "string" ? content : undefined
}

/** What the tokenizer adds before a text. It may add nothing behind: a response goes on there. */
const startOf = (inner: HuggingFaceTokenizer): Int32Array => {
  const text = "a"
  const own = inner.encode(text, { add_special_tokens: false }).ids
  const all = inner.encode(text, { add_special_tokens: true }).ids
  const start = all.slice(0, all.length - own.length)
  if (all.slice(start.length).join() === own.join()) return Int32Array.from(start)
  throw refuse("tokenizer.json", "has a post_processor that adds tokens behind a text, where a response is to go on")
}

/** What the library reads and does not encode as it should loses something of this. */
const probe = "The fox's 12,345 dens:\n\tnaïve — 漢字 😀"

const checkRoundTrip = ({ encode, decode }: Pick<Tokenizer, "encode" | "decode">): void => {
  const found = decode(encode(probe))
  if (found !== probe)
    throw refuse("tokenizer.json", `does not give a text back: ${JSON.stringify(probe)} is encoded and decoded to ${JSON.stringify(found)}`)
}

/**
 * Encodes word by word, for a tokenizer whose words are those of GPT-2. Texts repeat their words,
 * so most are looked up; what a policy makes up is without end, so the table is emptied when full.
 */
const byWords = (encodeWhole: (text: string) => ReadonlyArray<number>, spellings: ReadonlyArray<string>): Tokenizer["encode"] => {
  const known = new Map<string, ReadonlyArray<number>>()
  const encodeWord = (word: string): ReadonlyArray<number> => {
    const ids = encodeWhole(word)
    if (known.size >= 100_000) known.clear()
    known.set(word, ids)
    return ids
  }
  return (text) => {
    if (spellings.some((spelling) => text.includes(spelling))) return Int32Array.from(encodeWhole(text))
    const ids: Array<number> = []
    for (const word of wordsOf(text)) for (const id of known.get(word) ?? encodeWord(word)) ids.push(id)
    return Int32Array.from(ids)
  }
}

/** The tokens that are cut out of a text before its words are. */
const spellingsOf = (file: object): ReadonlyArray<string> => {
  const { added_tokens: added } = file as { readonly added_tokens?: unknown }
  const contents = Array.isArray(added) ? added.map((token: { readonly content?: unknown } | null) => token?.content) : []
  return contents.filter((content): content is string => typeof content === "string" && content !== "")
}

const parse = (name: string, content: string): object => {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (error) {
    throw refuse(name, `is not JSON: ${(error as Error).message}`)
  }
  if (typeof value !== "object" || value === null) throw refuse(name, "does not hold an object")
  return value
}

const read = (file: object, config: object): HuggingFaceTokenizer => {
  try {
    return new HuggingFaceTokenizer(file, config)
  } catch (error) {
    throw refuse("tokenizer.json", `is not a tokenizer: ${(error as Error).message}`)
  }
}

/**
 * The vocabulary of the model. Refuses models that the library would run, but not as they should
 * be: some would encode every text as nothing.
 */
const checkModel = (file: object): object => {
  const { model } = file as { readonly model?: unknown }
  if (typeof model !== "object" || model === null) throw refuse("tokenizer.json", "has no model")
  const { type, merges, vocab, ...options } = model as Readonly<Record<string, unknown>>
  // Files of old libraries leave the type out of a BPE.
  if (type !== "BPE" && !(type === undefined && Array.isArray(merges)))
    throw refuse("tokenizer.json", `has a model of type ${JSON.stringify(type) ?? "unknown"}, and only "BPE" is supported`)
  if (!Array.isArray(merges) || typeof vocab !== "object" || vocab === null || Array.isArray(vocab))
    throw refuse("tokenizer.json", "has a BPE without a list of merges and a vocabulary of ids by token")
  for (const option of ["dropout", "continuing_subword_prefix", "end_of_word_suffix"]) {
    const value = options[option]
    if (value !== undefined && value !== null && value !== false && value !== "" && value !== 0)
      throw refuse("tokenizer.json", `has a BPE with ${option} ${JSON.stringify(value)}, which is not supported`)
  }
  return vocab
}

/**
 * The number of tokens. Ids are rows of the embedding: with a gap between them a policy could draw
 * what has no text, and the library would fill the gap with entries, however wide it is.
 */
const checkIds = (vocab: object, file: object): number => {
  const { added_tokens } = file as { readonly added_tokens?: unknown }
  const added = Array.isArray(added_tokens)
    ? (added_tokens as ReadonlyArray<{ readonly content: unknown; readonly id: unknown } | null>)
    : []
  const ids = new Map<unknown, unknown>([...Object.entries(vocab), ...added.map((token) => [token?.content, token?.id] as const)])
  const taken = new Uint8Array(ids.size)
  for (const [token, id] of ids) {
    if (typeof id !== "number" || taken[id] !== 0) {
      const wanted = `has ${ids.size} tokens, whose ids must be 0 to ${ids.size - 1}, each once`
      throw refuse("tokenizer.json", `${wanted}; ${JSON.stringify(token)} has ${JSON.stringify(id)}`)
    }
    taken[id] = 1
  }
  return ids.size
}

const isByteLevel = (file: { readonly pre_tokenizer?: unknown; readonly normalizer?: unknown }): boolean => {
  const { pre_tokenizer: cut, normalizer } = file as { pre_tokenizer: Readonly<Record<string, unknown>> | null; normalizer: unknown }
  return normalizer === null && cut?.type === "ByteLevel" && cut.add_prefix_space === false && (cut.use_regex ?? true) === true
}

const refuse = (name: string, problem: string): StageError => new StageError("TokenizerFile", `${name} ${problem}`, { file: name })
