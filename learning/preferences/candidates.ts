import { integers } from "../../engine/random/philox.ts"
import type { Judge, TextPair, Verdict } from "../judge/judge.ts"

/** A pair of responses to a prompt with what its judge says. */
export interface Judged<Pair> {
  readonly pair: Pair
  readonly verdict: Verdict
}

/**
 * The candidate pairs of every prompt with their verdicts, which the judge is asked for in one go.
 */
export const judgeAll = async <Pair>(
  judge: Judge,
  prompts: ReadonlyArray<ReadonlyArray<Pair>>,
  asText: (pair: Pair) => TextPair,
): Promise<ReadonlyArray<ReadonlyArray<Judged<Pair>>>> => {
  const verdicts = await judge.compare(prompts.flatMap((pairs) => pairs.map(asText)))
  let taken = 0
  return prompts.map((pairs) => pairs.map((pair) => ({ pair, verdict: verdicts[taken++] as Verdict })))
}

/** Which random number decides. */
interface Draw {
  readonly seed: number
  readonly purpose: string
  readonly index: number
}

/**
 * One of the pairs that the judge does not tie, or of all where it ties all; undefined where there
 * are none. At random, so that no response is in more pairs than another by its place.
 */
export const oneUntied = <Pair>(judged: ReadonlyArray<Judged<Pair>>, { seed, purpose, index }: Draw): Judged<Pair> | undefined => {
  const untied = judged.filter(({ verdict }) => verdict.outcome !== 0.5)
  const from = untied.length > 0 ? untied : judged
  return from.length === 0 ? undefined : from[integers(seed, purpose, index, from.length, new Int32Array(1))[0] as number]
}
