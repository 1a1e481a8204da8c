/** Adjustment of p-values for how many claims are tested at once. */

/** A p-value after adjustment, and the level that its test was held to. */
export interface Adjusted {
  /** To be compared with the level of the whole family. */
  readonly adjusted: number
  /** What the unadjusted p-value had to be at most. */
  readonly level: number
}

/**
 * Holm's step-down procedure (1979): the chance that any true null hypothesis of the family is
 * rejected is at most `level`, however the tests depend on each other.
 */
export const holm = (values: ReadonlyArray<number>, level: number): ReadonlyArray<Adjusted> => {
  const results: Array<Adjusted> = []
  let [highest, stopped] = [0, undefined as number | undefined]
  for (const [rank, index] of ascending(values).entries()) {
    const remaining = values.length - rank
    highest = Math.max(highest, Math.min(1, remaining * (values[index] as number)))
    if (highest > level) stopped ??= level / remaining
    results[index] = { adjusted: highest, level: stopped ?? level / remaining }
  }
  return results
}

/**
 * The step-up procedure of Benjamini and Hochberg (1995): of the rejected null hypotheses, at most
 * the fraction `level` is true on average, where tests are independent or positively dependent.
 */
export const benjaminiHochberg = (values: ReadonlyArray<number>, level: number): ReadonlyArray<Adjusted> => {
  const order = ascending(values)
  const adjusted: Array<number> = []
  let lowest = 1
  for (let rank = values.length; rank >= 1; rank--) {
    const index = order[rank - 1] as number
    lowest = Math.min(lowest, (values.length / rank) * (values[index] as number))
    adjusted[index] = lowest
  }
  const rejected = adjusted.filter((value) => value <= level).length
  const held = (level * Math.max(1, rejected)) / Math.max(1, values.length)
  return adjusted.map((value) => ({ adjusted: value, level: held }))
}

const ascending = (values: ReadonlyArray<number>): ReadonlyArray<number> =>
  values.map((_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number) || a - b)
