import { meanAt } from "./bootstrap.ts"

/** A checkpoint as prompts saw it: one value a prompt of each. */
export interface CurvePoint {
  /** Nats. */
  readonly kl: ArrayLike<number>
  /** 1, ½ or 0. */
  readonly outcome: ArrayLike<number>
}

/** The checkpoints of one run. */
export type Curve = ReadonlyArray<CurvePoint>

/** Mean KL and win rate of every checkpoint over the prompts at these places, in order of KL. */
const meansAt = (curve: Curve, prompts: Int32Array) =>
  curve.map(({ kl, outcome }) => ({ kl: meanAt(kl, prompts), rate: meanAt(outcome, prompts) })).sort((a, b) => a.kl - b.kl)

/**
 * The win rate of a run at given KLs, in nats, by linear interpolation between its checkpoints in order of KL; beyond the first and
 * the last it stays what it is there.
 */
export const winRatesAt = (curve: Curve, grid: ReadonlyArray<number>, prompts: Int32Array): ReadonlyArray<number> => {
  const points = meansAt(curve, prompts)
  return grid.map((at) => {
    const above = points.findIndex(({ kl }) => kl >= at)
    const right = points[above]
    const left = points[above - 1]
    if (right === undefined) return points.at(-1)?.rate ?? Number.NaN
    if (left === undefined) return right.rate
    return left.rate + ((right.rate - left.rate) * (at - left.kl)) / (right.kl - left.kl)
  })
}

/** Evenly spaced KLs, in nats, that every one of the runs reaches with some checkpoint and has left its first behind; empty if there are none. */
export const commonGrid = (curves: ReadonlyArray<Curve>, count: number): ReadonlyArray<number> => {
  const prompts = curves[0]?.[0]?.kl.length ?? 0
  const all = Int32Array.from({ length: prompts }, (_, prompt) => prompt)
  const spans = curves.map((curve) => meansAt(curve, all))
  const low = Math.max(...spans.map((span) => span[0]?.kl ?? Number.NaN))
  const high = Math.min(...spans.map((span) => span.at(-1)?.kl ?? Number.NaN))
  if (!(low < high)) return []
  return Array.from({ length: count }, (_, index) => low + ((high - low) * index) / (count - 1))
}

/**
 * The highest win rate of a run over its checkpoints. The checkpoint is chosen on every other prompt and its win rate taken from the rest,
 * both ways, and averaged: the highest of several noisy means would be too high.
 */
export const peak = (curve: Curve, prompts: Int32Array): number => {
  const halves = [prompts.filter((prompt) => prompt % 2 === 0), prompts.filter((prompt) => prompt % 2 === 1)]
  const rates = halves.map((half) => curve.map(({ outcome }) => meanAt(outcome, half)))
  const chosenBy = (which: number) =>
    (rates[which] as Array<number>).reduce((best, rate, index, all) => (rate > (all[best] as number) ? index : best), 0)
  return ((rates[1]?.[chosenBy(0)] as number) + (rates[0]?.[chosenBy(1)] as number)) / 2
}

/** The points that no other one beats: none has a higher win rate at no more KL. In order of KL. */
export const pareto = <P extends { readonly kl: number; readonly win_rate: number }>(points: ReadonlyArray<P>): ReadonlyArray<P> => {
  let highest = Number.NEGATIVE_INFINITY
  return [...points]
    .sort((a, b) => a.kl - b.kl || b.win_rate - a.win_rate)
    .filter(({ win_rate }) => {
      if (win_rate <= highest) return false
      highest = win_rate
      return true
    })
}

/** Pearson's correlation; NaN where one side does not vary. */
export const correlation = (first: ReadonlyArray<number>, second: ReadonlyArray<number>): number => {
  const centred = (values: ReadonlyArray<number>) => {
    const centre = values.reduce((sum, value) => sum + value, 0) / values.length
    return values.map((value) => value - centre)
  }
  const [a, b] = [centred(first), centred(second)]
  const product = (x: ReadonlyArray<number>, y: ReadonlyArray<number>) =>
    x.reduce((sum, value, index) => sum + value * (y[index] as number), 0)
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b))
}
