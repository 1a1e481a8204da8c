/** Long curves, drawn with fewer points. */

/**
 * Which of so many points to keep, in order: of each of `most / 2` stretches the lowest and the
 * highest, so that no peak is lost.
 */
export const kept = (y: ReadonlyArray<number>, most: number): ReadonlyArray<number> => {
  if (y.length <= most) return y.map((_, index) => index)
  const stretches = Math.max(1, Math.floor(most / 2))
  const indices: Array<number> = []
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = Math.floor((stretch * y.length) / stretches)
    const to = Math.floor(((stretch + 1) * y.length) / stretches)
    let [low, high] = [from, from]
    for (let index = from; index < to; index++) {
      if ((y[index] as number) < (y[low] as number)) low = index
      if ((y[index] as number) > (y[high] as number)) high = index
    }
    indices.push(Math.min(low, high))
    if (low !== high) indices.push(Math.max(low, high))
  }
  return indices
}
