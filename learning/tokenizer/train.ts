import { StageError } from "../../dsl/stage-error.ts"
import { type TokenizerFiles, tokenizerFiles } from "./format.ts"
import { learnMerges } from "./merges.ts"
import { byteCharacters, endOfText, wordsOf } from "./words.ts"

/**
 * Trains a byte-level BPE on texts (Sennrich et al. 2016; Radford et al. 2019) and returns it as
 * the two files that transformers loads.
 *
 * The vocabulary is `<|endoftext|>` (id 0), the 256 bytes, then one entry a merge, most frequent
 * first; it is smaller than asked for where the texts hold no more pairs. The result depends on
 * which words occur how often, not on the order of texts. Fails with a StageError "VocabularySize"
 * outside [257, 65,536], "NoText" if the texts hold nothing.
 */
export const trainTokenizer = (texts: Iterable<string>, { vocabularySize }: { readonly vocabularySize: number }): TokenizerFiles => {
  const smallest = 1 + byteCharacters.length
  if (!Number.isInteger(vocabularySize) || vocabularySize < smallest || vocabularySize > 65_536) {
    const problem = `a byte-level vocabulary has ${smallest} to 65,536 entries, and ${vocabularySize} were asked for`
    throw new StageError("VocabularySize", problem, { vocabularySize })
  }
  const counts = countWords(texts)
  if (counts.size === 0) throw new StageError("NoText", "there is no text to train a tokenizer on: give it at least one that is not empty")
  // By code point, as Hugging Face's trainer orders them.
  const alphabet = [...byteCharacters].sort((a, b) => (a < b ? -1 : 1))
  const vocabulary = [endOfText, ...alphabet]
  const idOf = new Map(vocabulary.map((entry, id) => [entry, id]))
  const idOfByte = Int32Array.from(byteCharacters, (character) => idOf.get(character) as number)
  const bytes = new TextEncoder()
  const words = Array.from(counts, ([word, count]) => ({
    ids: Int32Array.from(bytes.encode(word), (byte) => idOfByte[byte] as number),
    count,
  }))
  return tokenizerFiles(learnMerges(words, vocabulary, vocabularySize))
}

const countWords = (texts: Iterable<string>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const text of texts) for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}
