/** The highest win rate that any policy can have at a KL, as a line. */

import type { Frontier } from "../../../serve/api.ts"
import type { Axes } from "./marks.ts"

export interface OraclePoint {
  readonly kl: number
  readonly winRate: number
}

/** The oracle against an opponent, ascending, from ½ at KL 0; empty where it was not measured. */
export const oracleOf = ({ oracle }: Frontier, against: string): ReadonlyArray<OraclePoint> => {
  const measured = oracle
    .filter((point) => point.against === against && point.kl > 0)
    .map(({ kl, winRate }) => ({ kl, winRate }))
    .sort((a, b) => a.kl - b.kl)
  return measured.length === 0 ? [] : [{ kl: 0, winRate: 0.5 }, ...measured]
}

/** The oracle at a KL, linear between its points; null beyond its ends. */
export const oracleAt = (oracle: ReadonlyArray<OraclePoint>, kl: number): number | null => {
  const after = oracle.findIndex((point) => point.kl >= kl)
  const [left, right] = [oracle[after - 1], oracle[after]]
  if (right === undefined || kl < 0) return null
  if (left === undefined) return right.kl === kl ? right.winRate : null
  return left.winRate + ((kl - left.kl) / (right.kl - left.kl)) * (right.winRate - left.winRate)
}

/** The line as far as the axis of KL goes. */
export const cutOracle = (oracle: ReadonlyArray<OraclePoint>, end: number): ReadonlyArray<OraclePoint> => {
  const last = oracleAt(oracle, end)
  const inside = oracle.filter(({ kl }) => kl < end)
  return last === null ? inside : [...inside, { kl: end, winRate: last }]
}

/** The axes with win rates up to the oracle's highest, which lies above all marks. */
export const includeOracle = (axes: Axes, oracle: ReadonlyArray<OraclePoint>): Axes => {
  const highest = oracle.reduce((most, { winRate }) => Math.max(most, Math.min(10, Math.ceil(winRate * 10 + 0.2)) / 10), axes.win[1])
  return { ...axes, win: [axes.win[0], highest] }
}
