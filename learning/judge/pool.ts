import type { Verdict } from "./judge.ts"

/** Log-odds of a member are within ±13.8, those of a probability of 1 − 10⁻⁶. */
const certainty = 1e-6

/** The log-odds, in nats, that the first response is better, of a judge's verdict. */
export const logOddsOf = ({ probability, outcome }: Verdict): number => {
  const p = Math.min(1 - certainty, Math.max(certainty, probability ?? outcome))
  return Math.log(p) - Math.log1p(-p)
}

/** The members' log-odds of a pair, and its label: 1 if the first is better, ½ for a tie. */
export interface Example {
  readonly logOdds: ReadonlyArray<number>
  readonly label: 0 | 0.5 | 1
}

/** The log-odds of an ensemble. */
export const weighted = (weights: ReadonlyArray<number>, logOdds: ReadonlyArray<number>): number =>
  weights.reduce((sum, weight, index) => sum + weight * (logOdds[index] as number), 0)

/** Newton's method is quadratic: it has converged long before. */
const maxIterations = 50

/**
 * The weights of a logistic regression without an intercept, which would prefer the first response:
 * they maximise Σ log-likelihood − ½|w|², a ridge that is worth about a pair and keeps the weights
 * of members that are always right finite. By Newton's method with halved steps (Nocedal and Wright
 * 2006, section 3.1), on a problem that is strictly concave: the solution is unique.
 */
export const fitWeights = (examples: ReadonlyArray<Example>): ReadonlyArray<number> => {
  const count = examples[0]?.logOdds.length ?? 0
  let weights: ReadonlyArray<number> = new Array<number>(count).fill(0)
  let value = objective(weights, examples)
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const gradient = weights.map((weight) => -weight)
    const curvature = weights.map((_, row) => weights.map((__, column) => (row === column ? 1 : 0)))
    for (const { logOdds, label } of examples) {
      const p = 1 / (1 + Math.exp(-weighted(weights, logOdds)))
      for (let row = 0; row < count; row++) {
        const own = logOdds[row] as number
        gradient[row] = (gradient[row] as number) + (label - p) * own
        const line = curvature[row] as Array<number>
        for (let column = 0; column < count; column++)
          line[column] = (line[column] as number) + p * (1 - p) * own * (logOdds[column] as number)
      }
    }
    const direction = solve(curvature, gradient)
    let size = 1
    let next = weights.map((weight, index) => weight + (direction[index] as number))
    let nextValue = objective(next, examples)
    for (; nextValue < value && size > 1e-6; nextValue = objective(next, examples)) {
      size /= 2
      next = weights.map((weight, index) => weight + size * (direction[index] as number))
    }
    if (!(nextValue > value)) break
    weights = next
    value = nextValue
  }
  return weights
}

const objective = (weights: ReadonlyArray<number>, examples: ReadonlyArray<Example>): number =>
  examples.reduce((sum, { logOdds, label }) => {
    const odds = weighted(weights, logOdds)
    // label · odds − log(1 + e^odds), without overflow.
    return sum + label * odds - Math.max(odds, 0) - Math.log1p(Math.exp(-Math.abs(odds)))
  }, -weighted(weights, weights) / 2)

/** Solves a positive definite system by elimination, which needs no pivots. */
const solve = (matrix: ReadonlyArray<ReadonlyArray<number>>, right: ReadonlyArray<number>): ReadonlyArray<number> => {
  const rows = matrix.map((row, index) => [...row, right[index] as number])
  for (let pivot = 0; pivot < rows.length; pivot++) {
    const from = rows[pivot] as Array<number>
    for (const [index, row] of rows.entries()) {
      if (index === pivot) continue
      const factor = (row[pivot] as number) / (from[pivot] as number)
      for (let column = pivot; column <= rows.length; column++) row[column] = (row[column] as number) - factor * (from[column] as number)
    }
  }
  return rows.map((row, index) => (row[rows.length] as number) / (row[index] as number))
}
