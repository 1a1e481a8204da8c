import type { DemonstrationRow } from "../../schema/index.ts"
import { splitOf } from "../../split.ts"
import { words } from "../wordnet/gloss.ts"
import { readSynsets } from "../wordnet/synsets.ts"
import type { Corpus } from "../write.ts"

/**
 * Glosses of fewer words are mostly synonyms; longer ones would not fit the context of a small
 * policy.
 */
const [fewestWords, mostCharacters] = [3, 100]

/** A word, or a few: no names, no abbreviations, no numbers. */
const isHead = (head: string): boolean => /^[a-z][a-z' -]*$/.test(head) && head.length >= 2 && head.length <= 24

/**
 * Derives the task's tables from WordNet's `dict` folder: the first word of every synset with its
 * part of speech, `abandon (verb):`, and its gloss. Split by head word, all its parts of speech
 * together. A gloss that defines several heads is kept with the first. Fails with a DataFileError
 * or LineError if the folder is not what it should be.
 */
export const deriveCorpus = async (dictionary: string): Promise<Corpus<DemonstrationRow>> => {
  const glosses = new Set<string>()
  const entries = (await readSynsets(dictionary)).flatMap(({ words: [head = ""], partOfSpeech, definition }) => {
    const fits = words(definition).length >= fewestWords && definition.length <= mostCharacters && /^[ -~]+$/.test(definition)
    if (!isHead(head) || !fits || glosses.has(definition)) return []
    glosses.add(definition)
    return [{ prompt: `${head} (${partOfSpeech}):`, gloss: definition, split: splitOf("define", head) }]
  })
  const prompts = new Map(entries.map(({ prompt, split }) => [prompt, split]))
  return {
    text: entries.map(({ prompt, gloss, split }, text_id) => ({
      text_id,
      text: `${prompt} ${gloss}`,
      kind: "gloss",
      split,
      response_start: prompt.length,
    })),
    prompts: Array.from(prompts, ([prompt, split], prompt_id) => ({ prompt_id, prompt, split })),
  }
}
