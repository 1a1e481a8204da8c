import type { Verdict } from "./judge.ts"

/**
 * The better score wins, equal scores tie. `probability` makes one of the scores' difference, where
 * they are log-odds.
 */
export const toVerdict = (first: number, second: number, probability?: (difference: number) => number): Verdict => {
  const outcome = first > second ? 1 : first < second ? 0 : 0.5
  return { outcome, probability: probability?.(first - second) ?? outcome, scores: [first, second] }
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
