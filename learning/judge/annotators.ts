import { type Run, StageError } from "assay"
import type { RatingRow } from "../../data/schema/index.ts"
import { json } from "../policy/files.ts"
import type { annotators } from "./annotators.stage.ts"
import { describeJudge } from "./judge-file.ts"
import { ratingsFile } from "./scorers/annotators.ts"
import { score } from "./scorers/vader-score.ts"

export const run: Run<typeof annotators> = async ({ inputs, parameters, outputs }) => {
  const rows = await inputs.ratings.read()
  const odd = rows.find(({ ratings }) => ratings.length === 0 || ratings.some((rating) => Math.abs(rating) > 4))
  if (odd !== undefined)
    throw new StageError("Ratings", `the ratings of "${odd.term}" are none, or not all from −4 to 4`, { term: odd.term })
  const words = rows.filter(({ term, mean }) => /^[a-z]{4,}$/.test(term) && isAlone(term, mean))
  const standIns = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [index - 4, standInFor(index - 4, words)]))
  const description = { annotators: parameters.count, seed: parameters.seed, standIns }
  await describeJudge(outputs.judge, { judge: "gold", scorer: "annotators", parameters: description })
  await outputs.judge.write(ratingsFile, json(Object.fromEntries(rows.map(({ term, ratings }) => [term, [...ratings]]))))
}

/** Whether VADER's rules take the word at this mean and at nothing else, when it stands alone. */
const isAlone = (term: string, mean: number): boolean => Math.abs(score(term) - mean / Math.hypot(mean, Math.sqrt(15))) < 1e-4

/**
 * A word that VADER's rules take at this rating: its lexicon cannot be exchanged, so a rated term
 * is read as a word that has the valence. There is none of ±4, and the nearest is taken.
 */
const standInFor = (rating: number, words: ReadonlyArray<RatingRow>): string => {
  if (rating === 0) return "thing"
  const far = ({ mean }: RatingRow): number => Math.abs(mean - rating)
  const nearest = [...words].sort((a, b) => far(a) - far(b) || (a.term < b.term ? -1 : 1))[0]
  if (nearest === undefined) throw new StageError("Ratings", "there is no word among the terms that VADER's lexicon has with the same mean")
  return nearest.term
}
