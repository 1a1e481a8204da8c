/** Pooling of variances over many small samples (Smyth 2004). */

/** A variance estimated with some degrees of freedom. */
export interface EstimatedVariance {
  readonly variance: number
  readonly degrees: number
}

/**
 * Moderates variances of one kind by what they have in common: the empirical Bayes estimate of
 * Smyth 2004, "Linear models and empirical Bayes methods", sections 6.1 and 6.2. Each becomes
 * (d₀s₀² + ds²)/(d₀ + d), with d₀ + d degrees of freedom. s₀² and d₀ are fitted to the mean and the
 * variance of log s²: the more alike the variances, the larger d₀. `independent` is how many of
 * them rest on runs of their own, and bounds the degrees of freedom by what was observed at all.
 * Fewer than three are returned as they are.
 */
export const moderate = (
  variances: ReadonlyArray<EstimatedVariance>,
  independent: number = variances.length,
): ReadonlyArray<EstimatedVariance> => {
  const usable = variances.filter(({ variance, degrees }) => variance > 0 && degrees > 0)
  if (usable.length < 3) return variances
  const logs = usable.map(({ variance, degrees }) => Math.log(variance) - digamma(degrees / 2) + Math.log(degrees / 2))
  const centre = logs.reduce((sum, value) => sum + value, 0) / logs.length
  const spread = logs.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (logs.length - 1)
  const expected = usable.reduce((sum, { degrees }) => sum + trigamma(degrees / 2), 0) / usable.length
  const observed = usable.reduce((sum, { degrees }) => sum + degrees, 0) * Math.min(1, independent / variances.length)
  const fitted = spread > expected ? 2 * inverseTrigamma(spread - expected) : Number.POSITIVE_INFINITY
  const prior = Math.min(fitted, Math.max(0, observed - Math.max(...usable.map(({ degrees }) => degrees))))
  if (prior === 0) return variances
  const common = Math.exp(Number.isFinite(fitted) ? centre + digamma(fitted / 2) - Math.log(fitted / 2) : centre)
  return variances.map(({ variance, degrees }) => ({
    variance: (prior * common + degrees * variance) / (prior + degrees),
    degrees: prior + degrees,
  }))
}

/** ψ(x) for x > 0, by recurrence and its asymptotic series (Abramowitz and Stegun 6.3.18). */
export const digamma = (x: number): number => {
  let [shift, at] = [0, x]
  for (; at < 8; at++) shift -= 1 / at
  const square = 1 / (at * at)
  return shift + Math.log(at) - 0.5 / at - square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
}

/** ψ′(x) for x > 0 (Abramowitz and Stegun 6.4.12). */
export const trigamma = (x: number): number => {
  let [shift, at] = [0, x]
  for (; at < 8; at++) shift += 1 / (at * at)
  const square = 1 / (at * at)
  return shift + 1 / at + square / 2 + (square / at) * (1 / 6 - square * (1 / 30 - square * (1 / 42 - square / 30)))
}

/** The x > 0 of which `value` > 0 is ψ′, by bisection on log x: ψ′ falls everywhere. */
export const inverseTrigamma = (value: number): number => {
  let [low, high] = [-20, 20]
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2
    if (trigamma(Math.exp(middle)) > value) low = middle
    else high = middle
  }
  return Math.exp((low + high) / 2)
}
