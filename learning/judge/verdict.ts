import type { Verdict } from "./judge.ts"

/**
 * The better score wins, equal scores tie. `probability` makes one of the scores' difference, where
 * they are log-odds.
 */
export const toVerdict = (first: number, second: number, probability?: (difference: number) => number): Verdict => {
  const outcome = first > second ? 1 : first < second ? 0 : 0.5
  return { outcome, probability: probability?.(first - second) ?? outcome, scores: [first, second] }
}

/**
 * The probability that the first of two responses is better: ½ where the judge ties them, and 1 or
 * 0 where it has no probabilities.
 */
export const winProbability = ({ outcome, probability }: Verdict): number => (outcome === 0.5 ? 0.5 : (probability ?? outcome))

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
