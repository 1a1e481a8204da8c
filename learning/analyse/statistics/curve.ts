import { meanAt } from "./bootstrap.ts"

/** A checkpoint by prompts: both arrays are `[prompt]`. */
export interface CurvePoint {
  /** KL to the reference, nats. */
  readonly kl: ArrayLike<number>
  /** 1 for a win, ½ for a tie, 0 for a loss. */
  readonly outcome: ArrayLike<number>
}

/** The checkpoints of one run. */
export type Curve = ReadonlyArray<CurvePoint>

/** Mean KL and win rate of every checkpoint over the prompts at these places, in order of KL. */
const averageCheckpoints = (curve: Curve, prompts: Int32Array) =>
  curve.map(({ kl, outcome }) => ({ kl: meanAt(kl, prompts), rate: meanAt(outcome, prompts) })).sort((a, b) => a.kl - b.kl)

/**
 * Computes the win rate of a run, in [0, 1], at each KL of a grid, in nats: by linear interpolation
 * between its checkpoints in order of KL. Beyond the first and the last checkpoint it stays what it
 * is there.
 */
export const computeWinRatesAt = (curve: Curve, grid: ReadonlyArray<number>, prompts: Int32Array): ReadonlyArray<number> => {
  const points = averageCheckpoints(curve, prompts)
  return grid.map((at) => {
    const above = points.findIndex(({ kl }) => kl >= at)
    const right = points[above]
    const left = points[above - 1]
    if (right === undefined) return points.at(-1)?.rate ?? Number.NaN
    if (left === undefined) return right.rate
    return left.rate + ((right.rate - left.rate) * (at - left.kl)) / (right.kl - left.kl)
  })
}

/**
 * Finds evenly spaced KLs, in nats, between the highest of the runs' first checkpoints and the
 * lowest of their last ones; empty if there are none.
 */
export const findCommonGrid = (curves: ReadonlyArray<Curve>, count: number): ReadonlyArray<number> => {
  const prompts = curves[0]?.[0]?.kl.length ?? 0
  const all = Int32Array.from({ length: prompts }, (_, prompt) => prompt)
  const spans = curves.map((curve) => averageCheckpoints(curve, all))
  const low = Math.max(...spans.map((span) => span[0]?.kl ?? Number.NaN))
  const high = Math.min(...spans.map((span) => span.at(-1)?.kl ?? Number.NaN))
  if (!(low < high)) return []
  return Array.from({ length: count }, (_, index) => low + ((high - low) * index) / (count - 1))
}

/**
 * Estimates the highest win rate of a run over its checkpoints, in [0, 1]. It is cross-fitted: the
 * checkpoint is chosen on every other prompt and its win rate taken from the rest, both ways, and
 * averaged, because the highest of several noisy means is too high on average. On a curve that
 * still rises it reads low.
 */
export const findPeak = (curve: Curve, prompts: Int32Array): number => {
  const halves = [prompts.filter((prompt) => prompt % 2 === 0), prompts.filter((prompt) => prompt % 2 === 1)]
  const rates = halves.map((half) => curve.map(({ outcome }) => meanAt(outcome, half)))
  const chosenBy = (which: number) =>
    (rates[which] as Array<number>).reduce((best, rate, index, all) => (rate > (all[best] as number) ? index : best), 0)
  return ((rates[1]?.[chosenBy(0)] as number) + (rates[0]?.[chosenBy(1)] as number)) / 2
}

/** Computes Pearson's correlation, in [−1, 1]; NaN where one side does not vary. */
export const correlate = (first: ReadonlyArray<number>, second: ReadonlyArray<number>): number => {
  const centred = (values: ReadonlyArray<number>) => {
    const centre = values.reduce((sum, value) => sum + value, 0) / values.length
    return values.map((value) => value - centre)
  }
  const [a, b] = [centred(first), centred(second)]
  const product = (x: ReadonlyArray<number>, y: ReadonlyArray<number>) =>
    x.reduce((sum, value, index) => sum + value * (y[index] as number), 0)
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b))
}
