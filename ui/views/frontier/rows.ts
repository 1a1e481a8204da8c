/** The marks as rows of the chart's data sets. */

import type { DrawnMark } from "./marks.ts"
import type { OraclePoint } from "./oracle.ts"

export interface MarkRow {
  readonly row: number
  readonly arm: string
  readonly line: string
  readonly step: number
  readonly kl: number
  readonly klLow: number
  readonly klHigh: number
  readonly win: number
  readonly winLow: number
  readonly winHigh: number
}

export interface FrontierRows {
  /** Single seeds of arms that have them together. */
  readonly faint: ReadonlyArray<MarkRow>
  readonly strong: ReadonlyArray<MarkRow>
  readonly oracle: ReadonlyArray<OraclePoint>
}

export const rowsOf = (drawn: ReadonlyArray<DrawnMark>, oracle: ReadonlyArray<OraclePoint>): FrontierRows => {
  const rows = drawn.map(({ mark, arm, line, isFaint }) => ({ isFaint, row: rowOf(mark, arm, line) }))
  const of = (faint: boolean) => rows.filter(({ isFaint }) => isFaint === faint).map(({ row }) => row)
  // Vega marks the rows that it is given: those of the answer stay as they are.
  return { faint: of(true), strong: of(false), oracle: oracle.map((point) => ({ ...point })) }
}

const rowOf = ({ row, step, kl, klLow, klHigh, winRate, winLow, winHigh }: DrawnMark["mark"], arm: string, line: string): MarkRow => ({
  row,
  arm,
  line,
  step,
  kl,
  klLow,
  klHigh,
  win: winRate,
  winLow,
  winHigh,
})
