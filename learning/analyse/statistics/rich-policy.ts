/**
 * Where training would end with a policy that can be anything, infinitely many pairs, a judge
 * without ties, and a reference all of whose responses differ. A response is then its quantile u in
 * [0, 1] under the reference, and a policy is a density over u:
 *
 * - offline, on pairs of the reference: ∝ e^{u/β}, the optimum of IPO's loss (Azar et al. 2023).
 *   No policy at its KL wins more often against the reference
 * - online, on pairs of the policy itself: the regularised Nash policy, ∝ e^{F(u)/β} with F its own
 *   distribution function (Munos et al. 2023; Calandriello et al. 2024). With c = 1 − e^{−1/β}:
 *   F(u) = −β log(1 − cu)
 */

/** Whom policies are compared with. */
export type IdealOpponent =
  /** The reference, from which KL is counted. */
  | "reference"
  /** The online optimum at this β: a golden policy that is trained online by the same judge. */
  | { readonly nash: number }

/** Computes how far from the reference the offline optimum of β > 0 is: KL in nats. */
export const computeOfflineKl = (beta: number): number =>
  (computeReferenceWinRate(beta) - 1) / beta - Math.log(beta) - Math.log(massOf(beta))

/** Computes how far from the reference the online optimum of β > 0 is: KL in nats. */
export const computeOnlineKl = (beta: number): number => 1 / (2 * beta) + Math.log(beta) + Math.log(massOf(beta))

/**
 * Computes the win rate of the optimum of β > 0 against the reference, in [½, 1]: 1/c − β, offline
 * and online alike.
 */
export const computeReferenceWinRate = (beta: number): number => 1 / massOf(beta) - beta

/**
 * Computes by how much the win rate of the online optimum is above that of the offline one, in [−1,
 * 1], where both are `kl` > 0 nats from the reference (and so differ in β). Against the reference
 * it is negative, because there the offline optimum cannot be surpassed; against a Nash policy of
 * about that KL, or further away, it is positive.
 */
export const computeIdealGap = (kl: number, against: IdealOpponent): number => {
  const [offline, online] = [solveForBeta(computeOfflineKl, kl), solveForBeta(computeOnlineKl, kl)]
  if (against === "reference") return computeReferenceWinRate(online) - computeReferenceWinRate(offline)
  const wins = nashDistribution(against.nash)
  return average((share) => wins(onlineQuantile(online, share)) - wins(offlineQuantile(offline, share)))
}

/** c = 1 − e^{−1/β}. */
const massOf = (beta: number): number => -Math.expm1(-1 / beta)

/** F of the online optimum: the share of its responses that a response at `u` beats. */
const nashDistribution =
  (beta: number) =>
  (u: number): number =>
    -beta * Math.log1p(-massOf(beta) * u)

/** Where F of the online optimum is `share`. */
const onlineQuantile = (beta: number, share: number): number => -Math.expm1(-share / beta) / massOf(beta)

/**
 * Where the offline optimum's distribution function (e^{u/β} − 1)/(e^{1/β} − 1) is `share`, without
 * numbers that overflow.
 */
const offlineQuantile = (beta: number, share: number): number => 1 + beta * Math.log(Math.exp(-1 / beta) + share * massOf(beta))

/** β of an optimum that is `kl` nats from the reference, by bisection: KL falls in β. */
const solveForBeta = (klOf: (beta: number) => number, kl: number): number => {
  let [low, high] = [Math.log(1e-6), Math.log(1e4)]
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2
    if (klOf(Math.exp(middle)) > kl) low = middle
    else high = middle
  }
  return Math.exp((low + high) / 2)
}

/** The mean of a function over [0, 1], by the midpoint rule. */
const average = (value: (share: number) => number, points = 4000): number => {
  let total = 0
  for (let point = 0; point < points; point++) total += value((point + 0.5) / points)
  return total / points
}
