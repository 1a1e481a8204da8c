/** Where IPO ends on tables, computed without training. */

import { type Preference, softmax, sum, winsOver } from "./tabular.ts"

/**
 * Minimising IPO's loss over all pairs of draws from `from` gives π ∝ π_ref · exp(P(y ≻ from)/β):
 * its normal equations.
 */
export const offlineOptimum = (
  reference: ReadonlyArray<number>,
  beta: number,
  from: ReadonlyArray<number>,
  prefers: Preference,
): ReadonlyArray<number> => {
  const wins = winsOver(from, prefers)
  return softmax(reference.map((probability, index) => Math.log(probability) + (wins[index] as number) / beta))
}

/**
 * The regularised Nash policy is the offline optimum on its own draws; found by damped iteration,
 * to a residue of 1e-10. Throws where that does not converge, as for small β.
 */
export const nashPolicy = (reference: ReadonlyArray<number>, beta: number, prefers: Preference): ReadonlyArray<number> => {
  let logits = reference.map(Math.log)
  for (let round = 0; round < 3000; round++) {
    const policy = softmax(logits)
    const target = offlineOptimum(reference, beta, policy, prefers)
    if (Math.max(...target.map((value, index) => Math.abs(value - (policy[index] as number)))) < 1e-10) return policy
    logits = logits.map((_, index) => 0.8 * Math.log(policy[index] as number) + 0.2 * Math.log(target[index] as number))
  }
  throw new Error("the iteration does not converge")
}

/**
 * The regularised Nash policy where responses are in a strict order, the last one best, for any β.
 * From the best response down, with T the mass above a response, P(y ≻ π) = 1 − T − π/2, so that
 * π·exp(π/2β) = c·π_ref·exp(−T/β): its left side rises in π, and the mass of all responses rises in
 * c. Both are found by bisection.
 */
export const nashPolicyByRank = (reference: ReadonlyArray<number>, beta: number): ReadonlyArray<number> => {
  const policyFor = (logScale: number): ReadonlyArray<number> => {
    let above = 0
    const fromBest = [...reference].reverse().map((probability) => {
      const right = logScale + Math.log(probability) - above / beta
      const mass = Math.exp(bisect((logMass) => logMass + Math.exp(logMass) / (2 * beta) - right, -2000, 5))
      above += mass
      return mass
    })
    return fromBest.reverse()
  }
  return policyFor(bisect((logScale) => sum(policyFor(logScale)) - 1, -50, 50 + 1 / beta))
}

/** Where a rising function is 0. */
const bisect = (rising: (x: number) => number, low: number, high: number): number => {
  let [from, to] = [low, high]
  for (let halving = 0; halving < 80; halving++) {
    const middle = (from + to) / 2
    if (rising(middle) < 0) from = middle
    else to = middle
  }
  return (from + to) / 2
}

/** Half of Σ|p − q|: the total variation distance, in [0, 1]. */
export const distance = (one: ReadonlyArray<number>, other: ReadonlyArray<number>): number =>
  sum(one.map((value, index) => Math.abs(value - (other[index] as number)))) / 2
