import { formatSetting } from "./number-words.ts"

/** A gap in win rate at one KL, with its 95 % interval. */
export interface GapRow {
  /** The task. */
  readonly panel: string
  /** A value that has an order; a number, or a text in order of first appearance. */
  readonly series: number | string
  /** Nats. */
  readonly kl: number
  /** In [−1, 1]. */
  readonly effect: number
  readonly low: number
  readonly high: number
  /** Over how many worlds the interval is. */
  readonly worlds: number
}

/** A gap that theory predicts, as a line to draw beside what was measured. */
export interface GapTheory {
  /** What stands at the end of its line. */
  readonly name: string
  /** What the caption says of it. */
  readonly caption: string
  readonly points: ReadonlyArray<{ readonly kl: number; readonly effect: number }>
}

/** The series of rows: numbers in their order, otherwise in order of first appearance. */
export const seriesOf = (rows: ReadonlyArray<GapRow>): ReadonlyArray<number | string> => {
  const series = [...new Set(rows.map((row) => row.series))]
  return series.every((each) => typeof each === "number") ? series.sort((a, b) => Number(a) - Number(b)) : series
}

/** Where gaps are counted: at whole nats, if any are, so that a fine grid of KLs counts no more. */
export const countedRows = (rows: ReadonlyArray<GapRow>): ReadonlyArray<GapRow> => {
  const whole = rows.filter(({ kl }) => Number.isInteger(kl))
  return whole.length > 0 ? whole : rows
}

/**
 * Says in how many places (task, series, whole nat of KL) the gap's interval is above 0, and below.
 */
export const gapHeadline = (all: ReadonlyArray<GapRow>, { first, second }: { readonly first: string; readonly second: string }): string => {
  const rows = countedRows(all)
  const isAhead = ({ low }: GapRow) => low > 0
  const [ahead, behind] = [rows.filter(isAhead).length, rows.filter(({ high }) => high < 0).length]
  const subject = `${first.slice(0, 1).toUpperCase()}${first.slice(1)}`
  if (ahead === rows.length) return `${subject} is ahead of ${second} everywhere`
  if (behind === rows.length) return `${subject} is behind ${second} everywhere`
  if (ahead + behind === 0) return `${subject} and ${second} cannot be told apart anywhere`
  const series = seriesOf(rows)
  const bySeries = series.map((one) => {
    const line = rows.filter((row) => row.series === one)
    return `${line.filter(isAhead).length} of ${line.length} at ${formatSetting(one)}`
  })
  const where = series.length > 1 && ahead > 0 ? `: ${bySeries.join(", ")}` : ""
  const elsewhere = behind > 0 ? `; behind in ${behind}` : ""
  return `${subject} is ahead of ${second} in ${ahead} of ${rows.length} places${where}${elsewhere}`
}
