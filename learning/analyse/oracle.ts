/**
 * The oracle frontier: the highest mean win rate against a reference at a given mean KL to it.
 *
 * Let u(y) be the probability that response y beats one of the reference μ, ties counted ½. Over
 * all policies π, and with one β for all prompts x,
 *
 *   E_x[E_π u − β KL(π‖μ)] = E_x[β log Z − β KL(π‖π*)],  π* ∝ μ e^{u/β},  Z = E_μ e^{u/β},
 *
 * so W(π) ≤ W* + β (KL(π) − KL*), where W* and KL* are those of π*: no policy at mean KL* wins more
 * often, and the frontier lies below each of these lines. Its height at K is the least of them over
 * β, min_β β (E_x log Z + K). (Donsker and Varadhan's variational formula; for strict orders of
 * responses the result is that of Azar et al. 2023, theorem 1, with Ψ the identity.)
 */

/**
 * How responses of the reference to one prompt do against it: win rates u, each with the
 * probability of a response that has it. The probabilities sum to 1.
 */
export interface RankDistribution {
  readonly wins: Float64Array
  readonly masses: Float64Array
}

/**
 * The mid-ranks of scores among themselves, in (0, 1): the fraction below, plus half of those that
 * are equal, itself included. Their mean is ½.
 */
export const rankScores = (scores: ReadonlyArray<number>): RankDistribution => {
  const sorted = Float64Array.from(scores).sort()
  const wins: Array<number> = []
  const masses: Array<number> = []
  for (let start = 0; start < sorted.length; ) {
    let end = start + 1
    while (end < sorted.length && sorted[end] === sorted[start]) end++
    wins.push((start + end) / 2 / sorted.length)
    masses.push((end - start) / sorted.length)
    start = end
  }
  return { wins: Float64Array.from(wins), masses: Float64Array.from(masses) }
}

/** A prompt's reference tilted by e^{u/β}. */
interface Tilted {
  /** Its win rate against the reference. */
  readonly win: number
  /** KL to the reference, nats. */
  readonly kl: number
  /** log E_μ e^{u/β}. */
  readonly logZ: number
}

/** Tilts the reference's responses to one prompt by e^{u/β}, β > 0. */
export const tilt = ({ wins, masses }: RankDistribution, beta: number): Tilted => {
  const highest = wins.reduce((most, win) => Math.max(most, win), 0)
  let [total, weighted] = [0, 0]
  for (let i = 0; i < wins.length; i++) {
    const win = wins[i] as number
    const weight = (masses[i] as number) * Math.exp((win - highest) / beta)
    total += weight
    weighted += weight * win
  }
  const win = weighted / total
  const logZ = Math.log(total) + highest / beta
  return { win, kl: Math.max(0, win / beta - logZ), logZ }
}

/** The frontier at one KL. */
export interface OraclePoint {
  readonly beta: number
  readonly kl: number
  readonly win: number
  /**
   * β (log Z + K) of each prompt, of which `win` is the mean. As β minimises that mean, drawing
   * other prompts moves it by their values here alone, to first order: intervals are those of a
   * mean.
   */
  readonly byPrompt: ReadonlyArray<number>
}

/** Between these, the least is found; beyond, KL is 0 or as high as it gets, to rounding. */
const [lowestBeta, highestBeta] = [1e-4, 1e4]
const halvings = 50

/**
 * Finds the frontier at a mean KL, nats: the one β at which the tilted policies have it, by
 * bisection. Undefined where it is beyond what the best responses of each prompt allow.
 */
export const findOracle = (prompts: ReadonlyArray<RankDistribution>, kl: number): OraclePoint | undefined => {
  const meanKl = (beta: number) => prompts.reduce((sum, prompt) => sum + tilt(prompt, beta).kl, 0) / prompts.length
  if (meanKl(lowestBeta) < kl) return undefined
  let [low, high] = [Math.log(lowestBeta), Math.log(highestBeta)]
  for (let halving = 0; halving < halvings; halving++) {
    const middle = (low + high) / 2
    if (meanKl(Math.exp(middle)) > kl) low = middle
    else high = middle
  }
  const beta = Math.exp((low + high) / 2)
  const byPrompt = prompts.map((prompt) => beta * (tilt(prompt, beta).logZ + kl))
  return { beta, kl, win: byPrompt.reduce((sum, value) => sum + value, 0) / prompts.length, byPrompt }
}

/**
 * The height of a frontier at a KL, nats, from its points in order of KL; ½ at KL 0. Between points
 * it is interpolated linearly in √KL, in which it starts as a straight line: for small KL the win
 * rate is ½ + √(2 KL Var u). Undefined beyond the last point.
 */
export const interpolateOracle = (
  points: ReadonlyArray<{ readonly kl: number; readonly win_rate: number }>,
  kl: number,
): number | undefined => {
  const all = [{ kl: 0, win_rate: 0.5 }, ...points]
  const index = all.findIndex((point) => point.kl >= kl)
  const [left, right] = [all[Math.max(0, index - 1)], all[index]]
  if (left === undefined || right === undefined) return undefined
  if (right.kl === left.kl) return right.win_rate
  const fraction = (Math.sqrt(kl) - Math.sqrt(left.kl)) / (Math.sqrt(right.kl) - Math.sqrt(left.kl))
  return left.win_rate + (right.win_rate - left.win_rate) * fraction
}
