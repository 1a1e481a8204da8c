/** Bins of a histogram, at most. */
export const mostBins = 30

/**
 * The edges of at most 30 bins of equal width over [least, most], both finite: multiples of 1, 2 or
 * 5 times a power of ten, each the number next to its decimal notation. Of whole numbers the last
 * edge lies above `most`, so that each bin has equally many of them; else it may be `most` itself.
 */
export const edgesOf = (least: number, most: number, whole: boolean): ReadonlyArray<number> => {
  // Halves first: the difference of two finite numbers may not be finite. Edges that are closer
  // than numbers of this size would coincide.
  const width = Math.max((most / 2 - least / 2) * (2 / mostBins), Math.max(Math.abs(least), Math.abs(most)) * 2 ** -48, Number.MIN_VALUE)
  for (let step = roundStep(width, whole); ; step = next(step)) {
    let first = Math.floor(least / multipleOf(step, 1))
    let last = whole ? Math.floor(most / multipleOf(step, 1)) + 1 : Math.max(first + 1, Math.ceil(most / multipleOf(step, 1)))
    // A quotient may have been rounded over an edge.
    while (multipleOf(step, first) > least) first -= 1
    while (multipleOf(step, last) < most) last += 1
    const edges = Array.from({ length: last - first + 1 }, (_, index) => multipleOf(step, first + index))
    if (edges.length - 1 <= mostBins) return edges
  }
}

/** A step of 1, 2 or 5 times ten to the power of `exponent`. */
interface Step {
  readonly digit: 1 | 2 | 5
  readonly exponent: number
}

/** The least step that is not below a width. */
const roundStep = (width: number, whole: boolean): Step => {
  let step: Step = { digit: 1, exponent: Math.max(whole ? 0 : -324, Math.floor(Math.log10(width)) - 1) }
  while (multipleOf(step, 1) < width) step = next(step)
  return step
}

const next = ({ digit, exponent }: Step): Step => {
  if (digit === 1) return { digit: 2, exponent }
  return digit === 2 ? { digit: 5, exponent } : { digit: 1, exponent: exponent + 1 }
}

/** So many steps, by way of decimal notation: the product of two doubles would not be 0.3. */
const multipleOf = ({ digit, exponent }: Step, times: number): number => {
  const value = Number(`${BigInt(times) * BigInt(digit)}e${exponent}`)
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value))
}
