import type { Merges } from "./merges.ts"
import { endOfText } from "./words.ts"

/** The two files that transformers reads a tokenizer from, as text. */
export interface TokenizerFiles {
  /** The content of `tokenizer.json`. */
  readonly tokenizer: string
  /** The content of `tokenizer_config.json`. */
  readonly config: string
}

export const tokenizerFiles = ({ vocabulary, merges }: Merges): TokenizerFiles => {
  const special = { content: endOfText, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }
  const id = vocabulary.indexOf(endOfText)
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true }
  const file = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [{ id, ...special }],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: startsText(id),
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
    },
  }
  const config = {
    tokenizer_class: "GPT2Tokenizer",
    add_prefix_space: false,
    // Says what the post-processor of `tokenizer.json` does; `transformers` 4.57 and 5.24 go by
    // that one, slow tokenizers by this.
    add_bos_token: true,
    // Else decoding "Hello , world" loses its space.
    clean_up_tokenization_spaces: false,
    bos_token: endOfText,
    eos_token: endOfText,
    pad_token: endOfText,
    unk_token: endOfText,
    added_tokens_decoder: { [id]: special },
  }
  return {
    tokenizer: withVocabulary(JSON.stringify(file, null, 2), vocabulary, merges),
    config: `${JSON.stringify(config, null, 2)}\n`,
  }
}

/**
 * Puts `<|endoftext|>` in front of a text that `transformers` encodes, where a policy expects it:
 * `tokenizer(prompt + response)` are then the tokens that a policy was trained on and its
 * log-probabilities are the same. `add_special_tokens=False` leaves it out, as Assay itself does.
 * Of a pair of texts each begins with one, as `transformers` 5 has it.
 */
export const startsText = (id: number) => {
  const start = (type_id: number) => ({ SpecialToken: { id: endOfText, type_id } })
  const text = (name: "A" | "B", type_id: number) => ({ Sequence: { id: name, type_id } })
  return {
    type: "TemplateProcessing",
    single: [start(0), text("A", 0)],
    pair: [start(0), text("A", 0), start(1), text("B", 1)],
    special_tokens: { [endOfText]: { id: endOfText, ids: [id], tokens: [endOfText] } },
  }
}

/**
 * Puts vocabulary and merges at the end of the model, an entry a line. As text, because in a
 * JavaScript object "__proto__" is no key of its own and digits come before everything else.
 */
const withVocabulary = (file: string, vocabulary: ReadonlyArray<string>, merges: ReadonlyArray<readonly [string, string]>): string => {
  const vocab = vocabulary.map((entry, id) => `      ${JSON.stringify(entry)}: ${id}`).join(",\n")
  // No entry holds a space (it is written Ġ), so a space can separate the two.
  const pairs = merges.map(([left, right]) => `      ${JSON.stringify(`${left} ${right}`)}`).join(",\n")
  const end = /\n {2}\}\n\}$/
  return `${file.replace(end, () => `,\n    "vocab": {\n${vocab}\n    },\n    "merges": [\n${pairs}\n    ]\n  }\n}`)}\n`
}
