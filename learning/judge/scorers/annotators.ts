import { StageError } from "assay"
import { integers } from "../../../engine/random/philox.ts"
import { hashOf } from "../hash.ts"
import type { TextPair } from "../judge.ts"
import type { Pairwise, ScorerContext } from "../scorer.ts"
import { toVerdict } from "../verdict.ts"
import { score } from "./vader-score.ts"

/** The ten ratings of each term, beside `judge.json`. */
export const ratingsFile = "ratings.json"

interface Description {
  readonly annotators: number
  readonly seed: number
  /** A word for each rating from −4 to 4, which has it as its valence. */
  readonly standIns: Readonly<Record<string, string>>
}

/**
 * The verdicts of simulated annotators. Throws a StageError `JudgeFiles` where the ratings are
 * missing.
 */
export const run = async ({
  files,
  parameters: { annotators, seed, standIns },
}: ScorerContext<Description, unknown>): Promise<Pairwise> => {
  if (!files.names.includes(ratingsFile))
    throw new StageError("JudgeFiles", `judge.json names annotators, but ${ratingsFile} was not found beside it`)
  const table = JSON.parse(new TextDecoder().decode(await files.read(ratingsFile))) as Readonly<Record<string, ReadonlyArray<number>>>
  const ratings = new Map(Object.entries(table))
  const draw = (purpose: string, index: number, bound: number): number =>
    integers(seed, purpose, index, bound, new Int32Array(1))[0] as number
  const people = Array.from({ length: annotators }, (_, person) => {
    const standInByTerm = new Map<string, string | undefined>()
    /** What stands for a term when this person reads; undefined for terms without ratings. */
    const standInFor = (term: string): string | undefined => {
      if (standInByTerm.has(term)) return standInByTerm.get(term)
      const ratingsOfTerm = ratings.get(term)
      const stand =
        ratingsOfTerm && standIns[ratingsOfTerm[draw(`ratings of annotator ${person}`, hashOf(term), ratingsOfTerm.length)] as number]
      standInByTerm.set(term, stand)
      return stand
    }
    return (text: string): number => score(text.replaceAll(/\S+/g, (token) => reword(token, standInFor)))
  })
  const compare: Pairwise["compare"] = (pairs) =>
    pairs.map((pair) => {
      const read = people[draw("annotator", hashOf(unorderedKey(pair)), annotators)] as (text: string) => number
      return toVerdict(read(pair.prompt + pair.first), read(pair.prompt + pair.second))
    })
  return { compare, isSymmetric: true, keeps: "nothing" }
}

/**
 * The token in another's words: whole if it was rated whole, else what is between its signs;
 * capitals stay.
 */
const reword = (token: string, standInFor: (term: string) => string | undefined): string => {
  const whole = standInFor(token.toLowerCase())
  if (whole !== undefined) return matchCase(token, whole)
  const [, before = "", word = "", after = ""] = /^(\W*)(.*?)(\W*)$/.exec(token) ?? []
  const stand = standInFor(word.toLowerCase())
  return stand === undefined ? token : before + matchCase(word, stand) + after
}

const matchCase = (word: string, stand: string): string => (/[A-Z]/.test(word) && word === word.toUpperCase() ? stand.toUpperCase() : stand)

const unorderedKey = ({ prompt, first, second }: TextPair): string => JSON.stringify([prompt, ...[first, second].sort()])
