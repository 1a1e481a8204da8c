import { isDeepStrictEqual } from "node:util"

type Json = Readonly<Record<string, unknown>>

/**
 * Whether two files `tokenizer.json` are of one tokenizer: `save_pretrained` of `transformers`
 * spells what it has read in another way.
 */
export const isSameTokenizer = (one: string, other: string): boolean => one === other || isDeepStrictEqual(meaningOf(one), meaningOf(other))

/** The file without what has several spellings. */
const meaningOf = (tokenizer: string): unknown => {
  const file = JSON.parse(tokenizer) as Json
  const { merges, continuing_subword_prefix, end_of_word_suffix, ...model } = objectAt(file, "model")
  // To put a space in front is what a pre-tokenizer does; as a decoder it takes none away.
  const { add_prefix_space: _, ...decoder } = objectAt(file, "decoder")
  return {
    ...file,
    decoder,
    model: {
      ...model,
      continuing_subword_prefix: continuing_subword_prefix ?? "",
      end_of_word_suffix: end_of_word_suffix ?? "",
      // No token of byte-level BPE holds a space.
      merges: Array.isArray(merges) ? merges.map((merge: unknown) => (Array.isArray(merge) ? merge.join(" ") : merge)) : merges,
    },
  }
}

const objectAt = (file: Json, key: string): Json => (typeof file[key] === "object" && file[key] !== null ? (file[key] as Json) : {})
