/**
 * Where values stand on an axis. The domain and the pixels are given to Vega as they are, so that
 * what HTML draws above a chart agrees with what Vega draws.
 */

/** "symlog" is linear near 0 and logarithmic from about 1 on. */
export type ScaleType = "linear" | "log" | "symlog"

export type Domain = readonly [number, number]

export interface Scale {
  readonly type: ScaleType
  readonly domain: Domain
  /** Pixels at the two ends of the domain. */
  readonly range: readonly [number, number]
}

const forward: Readonly<Record<ScaleType, (value: number) => number>> = {
  linear: (value) => value,
  log: Math.log,
  symlog: (value) => Math.sign(value) * Math.log1p(Math.abs(value)),
}

const backward: Readonly<Record<ScaleType, (value: number) => number>> = {
  linear: (value) => value,
  log: Math.exp,
  symlog: (value) => Math.sign(value) * Math.expm1(Math.abs(value)),
}

/** The pixel of a value. */
export const pixelOf = ({ type, domain: [low, high], range: [start, end] }: Scale, value: number): number => {
  const by = forward[type]
  return start + ((by(value) - by(low)) / (by(high) - by(low))) * (end - start)
}

/** The value at a pixel. */
export const valueAt = ({ type, domain: [low, high], range: [start, end] }: Scale, pixel: number): number => {
  const by = forward[type]
  return backward[type](by(low) + ((pixel - start) / (end - start)) * (by(high) - by(low)))
}

/** Whether a value has a place on an axis of this type. */
export const hasPlace = (type: ScaleType, value: number): boolean => Number.isFinite(value) && (type !== "log" || value > 0)

/** The least and the greatest value that have a place; null if none has. */
export const extentOf = (values: Iterable<number>, type: ScaleType): Domain | null => {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (!hasPlace(type, value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  return low <= high ? [low, high] : null
}

/** The domain with a share of its length added at both ends; one of a single value is widened. */
export const padDomain = ([low, high]: Domain, type: ScaleType, share: number): Domain => {
  if (type === "log") {
    const room = low === high ? Math.LN2 : share * Math.log(high / low)
    return [low * Math.exp(-room), high * Math.exp(room)]
  }
  const room = low === high ? Math.abs(low) / 2 || 1 : share * (high - low)
  return [low - room, high + room]
}

/** The domain seen closer (a factor above 1) or from farther away, with a value kept in place. */
export const zoomDomain = (scale: Scale, around: number, factor: number): Domain => {
  const pixel = pixelOf(scale, around)
  const [start, end] = scale.range
  return [valueAt(scale, pixel + (start - pixel) / factor), valueAt(scale, pixel + (end - pixel) / factor)]
}
