/** How many more points are asked for of what was zoomed into. */

import type { Curve } from "../../../serve/api.ts"
import type { Domain } from "../../chart/scale.ts"

/** What the server is asked for at most, of a curve. */
const mostTimes = 64

/** The x of the curves from their first to their last point; null where they have none. */
export const extentOf = (curves: Iterable<ReadonlyArray<Pick<Curve, "x">>>): Domain | null => {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const group of curves)
    for (const { x } of group)
      for (const value of x) {
        from = Math.min(from, value)
        to = Math.max(to, value)
      }
  return from < to ? [from, to] : null
}

/**
 * A curve is thinned over its whole length. To have as many points in a part of it, as many times
 * more are asked for as the whole is longer: a power of two, so that a small zoom asks nothing new.
 */
export const magnificationOf = (zoom: Domain | null, extent: Domain | null): number => {
  if (zoom === null || extent === null) return 1
  const part = Math.min(zoom[1], extent[1]) - Math.max(zoom[0], extent[0])
  if (part <= 0) return 1
  const times = (extent[1] - extent[0]) / part
  return Math.min(mostTimes, 2 ** Math.max(0, Math.ceil(Math.log2(times) - 1e-9)))
}
