import type { TextRow } from "../../schema/index.ts"
import { splitBy } from "../../split.ts"
import { words } from "../wordnet/gloss.ts"
import { readSynsets } from "../wordnet/synsets.ts"
import type { Corpus } from "../write.ts"

/** Shorter texts are mostly phrases; and a prompt of two words wants a response of some. */
const fewestWords = 5

const promptWords = 2

/**
 * Derives the task's tables from WordNet's `dict` folder: the distinct example sentences, then the
 * distinct definitions that are none of them, and the first two words of the sentences as prompts.
 * Fails with a DataFileError or LineError if the folder is not what it should be.
 */
export const deriveCorpus = async (dictionary: string): Promise<Corpus<TextRow>> => {
  const glosses = await readSynsets(dictionary)
  const longEnough = (text: string): boolean => words(text).length >= fewestWords
  const sentences = new Set(glosses.flatMap(({ examples }) => examples).filter(longEnough))
  const definitions = new Set(glosses.map(({ definition }) => definition).filter((text) => longEnough(text) && !sentences.has(text)))
  const prompts = [...new Set(Array.from(sentences, promptOf))]
  const split = splitBy("sentiment", prompts)
  const passages = [
    ...Array.from(sentences, (text) => ({ text, kind: "sentence" })),
    ...Array.from(definitions, (text) => ({ text, kind: "gloss" })),
  ]
  return {
    text: passages.map(({ text, kind }, text_id) => ({ text_id, text, kind, split: split(text) })),
    prompts: prompts.map((prompt, prompt_id) => ({ prompt_id, prompt, split: split(prompt) })),
  }
}

/** The beginning of a sentence that a policy is asked to go on from. */
const promptOf = (sentence: string): string => words(sentence).slice(0, promptWords).join(" ")
