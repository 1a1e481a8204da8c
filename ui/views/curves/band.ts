/** Several curves as one: their mean, and how far they are apart. */

import type { Spread } from "./address.ts"

export interface Series {
  readonly x: ReadonlyArray<number>
  readonly y: ReadonlyArray<number>
}

export interface Band {
  readonly x: ReadonlyArray<number>
  readonly mean: ReadonlyArray<number>
  readonly low: ReadonlyArray<number>
  readonly high: ReadonlyArray<number>
  /** Of how many curves the mean is. */
  readonly count: ReadonlyArray<number>
}

/** A band has no more points than that; more could not be told apart. */
const mostPoints = 2_000

/**
 * The mean of curves at every x that one of them has, with the least and the greatest of them, or
 * one standard error of the mean to either side. A curve counts between its ends, linear between
 * its points: curves whose points were thinned out, or whose x is measured, have few x in common.
 */
export const bandOf = (series: ReadonlyArray<Series>, spread: Exclude<Spread, "seeds">): Band => {
  const curves = series.map(inOrder).filter(({ x }) => x.length > 0)
  const grid = thin([...new Set(curves.flatMap(({ x }) => x))].sort((a, b) => a - b))
  const columns = curves.map((curve) => valuesOn(curve, grid))
  const band = { mean: [] as number[], low: [] as number[], high: [] as number[], count: [] as number[] }
  for (let index = 0; index < grid.length; index++) {
    const values = columns.map((column) => column[index] ?? Number.NaN).filter((value) => !Number.isNaN(value))
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const [low, high] = spread === "range" ? [Math.min(...values), Math.max(...values)] : aroundMean(values, mean)
    band.mean.push(mean)
    band.low.push(low)
    band.high.push(high)
    band.count.push(values.length)
  }
  return { x: grid, ...band }
}

const aroundMean = (values: ReadonlyArray<number>, mean: number): readonly [number, number] => {
  if (values.length < 2) return [mean, mean]
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  const error = Math.sqrt(variance / values.length)
  return [mean - error, mean + error]
}

/** The finite points in ascending order of x; of equal x, their mean. */
const inOrder = ({ x, y }: Series): Series => {
  const points = x.map((value, index) => [value, y[index] ?? Number.NaN] as const).filter((point) => point.every(Number.isFinite))
  points.sort(([a], [b]) => a - b)
  const ordered = { x: [] as number[], y: [] as number[] }
  for (let start = 0; start < points.length; ) {
    const [at = 0] = points[start] ?? []
    let end = start
    let sum = 0
    for (; points[end]?.[0] === at; end++) sum += points[end]?.[1] ?? 0
    ordered.x.push(at)
    ordered.y.push(sum / (end - start))
    start = end
  }
  return ordered
}

/** The values of an ordered curve at ascending x, NaN beyond its ends. */
const valuesOn = ({ x, y }: Series, grid: ReadonlyArray<number>): ReadonlyArray<number> => {
  let index = 0
  return grid.map((at) => {
    while (index < x.length - 1 && (x[index + 1] ?? Number.POSITIVE_INFINITY) <= at) index++
    const [left = 0, right = 0] = [x[index], x[index + 1]]
    const [before = 0, after = 0] = [y[index], y[index + 1]]
    if (at === left) return before
    if (at < left || index === x.length - 1) return Number.NaN
    return before + ((at - left) / (right - left)) * (after - before)
  })
}

/** Evenly chosen, with both ends. */
const thin = (grid: ReadonlyArray<number>): ReadonlyArray<number> => {
  if (grid.length <= mostPoints) return grid
  const step = (grid.length - 1) / (mostPoints - 1)
  return Array.from({ length: mostPoints }, (_, index) => grid[Math.round(index * step)] ?? 0)
}
