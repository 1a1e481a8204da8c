import { type FilesInput, StageError } from "assay"
import { integers } from "../../engine/random/philox.ts"
import { hashOf } from "./hash.ts"
import type { Judge, ResponsePair } from "./judge.ts"
import { score } from "./vader.ts"
import { verdict } from "./verdict.ts"

/** The ten ratings of each term, beside `judge.json`. */
export const ratingsFile = "ratings.json"

interface Description {
  readonly annotators: number
  readonly seed: number
  /** A word for each rating from −4 to 4, which has it as its valence. */
  readonly standIns: Readonly<Record<string, string>>
}

/** The verdicts of simulated annotators. Throws a StageError `JudgeFiles` where the ratings are missing. */
export const annotatorsScorer = async (input: FilesInput, { annotators, seed, standIns }: Description): Promise<Judge["compare"]> => {
  if (!input.names.includes(ratingsFile))
    throw new StageError("JudgeFiles", `judge.json names annotators, and there is no ${ratingsFile} beside it`)
  const table = JSON.parse(new TextDecoder().decode(await input.read(ratingsFile))) as Readonly<Record<string, ReadonlyArray<number>>>
  const ratings = new Map(Object.entries(table))
  const draw = (purpose: string, index: number, bound: number): number =>
    integers(seed, purpose, index, bound, new Int32Array(1))[0] as number
  const people = Array.from({ length: annotators }, (_, person) => {
    const known = new Map<string, string | undefined>()
    /** What stands for a term in this person's reading; undefined for what nobody rated. */
    const reading = (term: string): string | undefined => {
      if (known.has(term)) return known.get(term)
      const own = ratings.get(term)
      const stand = own && standIns[own[draw(`ratings of annotator ${person}`, hashOf(term), own.length)] as number]
      known.set(term, stand)
      return stand
    }
    return (text: string): number => score(text.replaceAll(/\S+/g, (token) => reworded(token, reading)))
  })
  return async (pairs) =>
    pairs.map((pair) => {
      const read = people[draw("annotator", hashOf(unordered(pair)), annotators)] as (text: string) => number
      return verdict(read(pair.prompt + pair.first), read(pair.prompt + pair.second))
    })
}

/** The token in another's words: whole if it was rated whole, else what is between its signs; capitals stay. */
const reworded = (token: string, reading: (term: string) => string | undefined): string => {
  const whole = reading(token.toLowerCase())
  if (whole !== undefined) return asLoud(token, whole)
  const [, before = "", word = "", after = ""] = /^(\W*)(.*?)(\W*)$/.exec(token) ?? []
  const stand = reading(word.toLowerCase())
  return stand === undefined ? token : before + asLoud(word, stand) + after
}

const asLoud = (word: string, stand: string): string => (/[A-Z]/.test(word) && word === word.toUpperCase() ? stand.toUpperCase() : stand)

const unordered = ({ prompt, first, second }: ResponsePair): string => JSON.stringify([prompt, ...[first, second].sort()])
