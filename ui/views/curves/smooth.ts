/** Smoothing of a curve, as TensorBoard does it. */

/**
 * The exponential moving average. `weight`, from 0 to below 1, is that of what was before. It is
 * divided by the sum of its weights, so that it does not begin near 0 (Kingma and Ba 2015, section
 * 3). A value that is not finite stays as it is, and counts for nothing.
 */
export const smooth = (values: ReadonlyArray<number>, weight: number): ReadonlyArray<number> => {
  if (weight <= 0) return values
  let average = 0
  let total = 0
  return values.map((value) => {
    if (!Number.isFinite(value)) return value
    average = weight * average + (1 - weight) * value
    total = weight * total + (1 - weight)
    return average / total
  })
}
