/** The values of all lines at one x. */

import type { Domain } from "../../chart/scale.ts"
import type { DrawnLine } from "./drawn.ts"

export interface Reading {
  readonly line: DrawnLine
  /** The x of the line that is nearest. */
  readonly x: number
  readonly y: number
  readonly low: number | null
  readonly high: number | null
  /** Seeds that the value is the mean of. */
  readonly count: number
}

/** The readings of the lines that reach to x, by the keys of lines; a gap has none. */
export const readAt = (lines: ReadonlyArray<DrawnLine>, x: number): ReadonlyMap<string, Reading> =>
  new Map(
    lines.flatMap((line) => {
      const index = nearestPoint(line, x)
      const reading = index === null ? null : readPoint(line, index)
      return reading === null ? [] : [[line.key, reading]]
    }),
  )

/** The readings at the ends of the lines. */
export const readEnds = (lines: ReadonlyArray<DrawnLine>): ReadonlyMap<string, Reading> =>
  new Map(
    lines.flatMap((line) => {
      const reading = readPoint(
        line,
        line.y.findLastIndex((value) => Number.isFinite(value)),
      )
      return reading === null ? [] : [[line.key, reading]]
    }),
  )

/** The nearest x at which some line has a point; null where nothing is drawn. */
export const snapTo = (lines: ReadonlyArray<DrawnLine>, x: number): number | null => {
  let nearest: number | null = null
  for (const { x: xs } of lines) {
    const index = nearestIndex(xs, x)
    const at = index === null ? undefined : xs[index]
    if (at !== undefined && (nearest === null || Math.abs(at - x) < Math.abs(nearest - x))) nearest = at
  }
  return nearest
}

/** The next x of a point in a direction, within the domain; where there is none, the same x. */
export const nextPoint = (lines: ReadonlyArray<DrawnLine>, x: number, direction: 1 | -1, [low, high]: Domain): number => {
  let next: number | null = null
  for (const { x: xs } of lines)
    for (const at of xs) {
      if (at < low || at > high || (at - x) * direction <= 0) continue
      if (next === null || (at - next) * direction < 0) next = at
    }
  return next ?? x
}

const readPoint = (line: DrawnLine, index: number): Reading | null => {
  const [x, y] = [line.x[index], line.y[index]]
  if (x === undefined || y === undefined || !Number.isFinite(y)) return null
  const { band } = line
  return { line, x, y, low: band?.low[index] ?? null, high: band?.high[index] ?? null, count: band?.count[index] ?? 1 }
}

/** Beyond its ends a line has no value. */
const nearestPoint = ({ x: xs }: DrawnLine, x: number): number | null => {
  const index = nearestIndex(xs, x)
  if (index === null) return null
  const [first = 0, last = 0] = [xs[0], xs.at(-1)]
  const isInside = isAscending(xs) ? x >= first && x <= last : xs.some((at) => at <= x) && xs.some((at) => at >= x)
  return isInside ? index : null
}

const nearestIndex = (xs: ReadonlyArray<number>, x: number): number | null => {
  if (xs.length === 0) return null
  if (!isAscending(xs)) return xs.reduce((best, at, index) => (Math.abs(at - x) < Math.abs((xs[best] ?? 0) - x) ? index : best), 0)
  let [low, high] = [0, xs.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((xs[middle] ?? 0) < x) low = middle + 1
    else high = middle
  }
  const [before, after] = [xs[low - 1], xs[low] ?? 0]
  return before !== undefined && x - before <= after - x ? low - 1 : low
}

/** Known once for each array: it is asked with every movement of the pointer. */
const ascending = new WeakMap<ReadonlyArray<number>, boolean>()

const isAscending = (xs: ReadonlyArray<number>): boolean => {
  const known = ascending.get(xs)
  if (known !== undefined) return known
  const result = xs.every((x, index) => index === 0 || x >= (xs[index - 1] ?? x))
  ascending.set(xs, result)
  return result
}
