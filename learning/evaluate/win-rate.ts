import { mean } from "../analyse/statistics/mean.ts"

/** Win rates over comparisons, each in [0, 1]. */
export interface WinRate {
  /** Over all comparisons, ties as ½. */
  readonly all: number
  /** The fraction of ties. */
  readonly ties: number
  /** Over the comparisons that are not ties: wins among the decided; null if all are ties. */
  readonly decided: number | null
}

/**
 * Computes the win rate of responses that were each compared with one or several answers: `outcome`
 * is the mean over the answers of 1 for a win, ½ for a tie, 0 for a loss, and `tied` the fraction
 * of ties among them. NaN of none.
 */
export const computeWinRate = (rows: ReadonlyArray<{ readonly outcome: number; readonly tied: number }>): WinRate => {
  const all = mean(rows.map(({ outcome }) => outcome))
  const ties = mean(rows.map(({ tied }) => tied))
  const decided = rows.every(({ tied }) => tied === 1) ? null : (all - ties / 2) / (1 - ties)
  return { all, ties, decided }
}
