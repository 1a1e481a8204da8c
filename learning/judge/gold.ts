import { type FilesInput, StageError } from "assay"
import type { Judge, Verdict } from "./judge.ts"
import { score as vader } from "./vader.ts"

/** A judge that scores every response by itself: the better score wins, equal scores tie. */
export interface GoldJudge extends Judge {
  readonly source: "gold"
  readonly score: (prompt: string, response: string) => number
}

const scorers: ReadonlyMap<unknown, (text: string) => number> = new Map([["vader", vader]])

/** The file that names a gold judge's scorer. */
export const goldFile = "judge.json"

/** Reads `judge.json`. Throws a StageError `UnknownScorer` where it names none that there is. */
export const readGoldJudge = async (input: FilesInput): Promise<GoldJudge> => {
  const scorer = scorerIn(new TextDecoder().decode(await input.read(goldFile)))
  const of = scorers.get(scorer)
  if (of === undefined) {
    const known = [...scorers.keys()].join(", ")
    throw new StageError("UnknownScorer", `${goldFile}: there is no scorer ${JSON.stringify(scorer)}; there is ${known}`)
  }
  const score = (prompt: string, response: string): number => of(prompt + response)
  return {
    source: "gold",
    key: input.digest,
    score,
    compare: async (pairs) => pairs.map(({ prompt, first, second }) => verdict(score(prompt, first), score(prompt, second))),
  }
}

/** What is named there; nothing if that is no JSON. */
const scorerIn = (content: string): unknown => {
  try {
    return (JSON.parse(content) as { readonly scorer?: unknown } | null)?.scorer
  } catch {
    return undefined
  }
}

const verdict = (first: number, second: number): Verdict => {
  const outcome = first > second ? 1 : first < second ? 0 : 0.5
  return { outcome, probability: outcome, scores: [first, second] }
}
