import { readFile } from "node:fs/promises"
import { DataFileError, LineError } from "../../error.ts"
import type { RatingRow } from "../../schema/index.ts"

/** How many people rated a term. */
const raters = 10

/**
 * Reads VADER's lexicon with the ratings that its means are of: `term ⇥ mean ⇥ deviation ⇥ [ten ratings]`. Of a term that is there twice
 * the last line counts, as it does for VADER. Fails with a DataFileError or LineError if the file is not what it should be.
 */
export const readRatings = async (file: string): Promise<ReadonlyArray<RatingRow>> => {
  const byTerm = new Map<string, RatingRow>()
  for (const [index, line] of (await load(file)).split("\n").entries()) {
    if (line.trim() === "") continue
    const [term = "", mean = "", , list = ""] = line.split("\t")
    const ratings = Int32Array.from(list.match(/-?\d+/g) ?? [], Number)
    if (ratings.length !== raters) throw new LineError(file, index + 1, "ratings", `are ${ratings.length}, and a term has ${raters}`)
    if (mean === "" || !Number.isFinite(Number(mean)))
      throw new LineError(file, index + 1, "mean", `is not a number: ${JSON.stringify(mean)}`)
    byTerm.set(term, { term, mean: Number(mean), ratings })
  }
  return [...byTerm.values()]
}

const load = async (file: string): Promise<string> => {
  try {
    return await readFile(file, "utf8")
  } catch (error) {
    throw new DataFileError(file, "cannot be read; give vader_lexicon.txt of the Python package vaderSentiment 3.3.2", error)
  }
}
