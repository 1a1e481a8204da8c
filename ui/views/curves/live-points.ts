/** Points that a run reports while it goes on, behind those that the server answered with. */

import type { Series } from "./band.ts"

export interface LivePoint {
  readonly step: number
  readonly x: number
  readonly y: number
}

/** Identifies a stage of a run. */
export const liveKey = ({ run, id }: { readonly run: string; readonly id: string }): string => JSON.stringify([run, id])

/** What was measured at a step as a point of the chart; null if it lacks one of the two. */
export const pointOf = (
  step: number,
  values: Readonly<Record<string, number>>,
  { metric, x }: { readonly metric: string; readonly x: string },
): LivePoint | null => {
  const at = x === "step" ? step : values[x]
  const value = values[metric]
  return at === undefined || value === undefined ? null : { step, x: at, y: value }
}

/** Adds points in order of steps. A stage that resumed reports steps again: they are replaced. */
export const addPoints = (before: ReadonlyArray<LivePoint>, added: ReadonlyArray<LivePoint>): ReadonlyArray<LivePoint> => {
  let points = [...before]
  for (const point of added) {
    const last = points.at(-1)
    if (last !== undefined && last.step >= point.step) points = points.filter(({ step }) => step < point.step)
    points.push(point)
  }
  return points
}

/**
 * The curve with the points that come after it. Steps are ascending; where x is a metric, points
 * come after the last of them that the curve already has.
 */
export const joinPoints = (curve: Series, points: ReadonlyArray<LivePoint>, x: string): Series => {
  const later = x === "step" ? afterStep(curve, points) : afterKnown(curve, points)
  if (later.length === 0) return curve
  return { x: [...curve.x, ...later.map((point) => point.x)], y: [...curve.y, ...later.map(({ y }) => y)] }
}

const afterStep = ({ x }: Series, points: ReadonlyArray<LivePoint>): ReadonlyArray<LivePoint> => {
  const last = x.at(-1) ?? Number.NEGATIVE_INFINITY
  return points.filter((point) => point.x > last)
}

const afterKnown = ({ x, y }: Series, points: ReadonlyArray<LivePoint>): ReadonlyArray<LivePoint> => {
  if (points.length === 0) return points
  const known = new Set(x.map((value, index) => `${value} ${y[index]}`))
  return points.slice(points.findLastIndex((point) => known.has(`${point.x} ${point.y}`)) + 1)
}
