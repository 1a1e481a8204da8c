/** Lines as they are drawn: smoothed, with their seeds together or apart. */

import type { Curve } from "../../../serve/api.ts"
import { type LineRow, reuseRows } from "../../chart/changes.ts"
import { type Domain, extentOf, hasPlace, padDomain, type ScaleType } from "../../chart/scale.ts"
import type { Spread } from "./address.ts"
import { bandOf, type Series } from "./band.ts"
import type { LineGroup } from "./lines.ts"
import { smooth } from "./smooth.ts"

export interface DrawnLine extends Series {
  readonly key: string
  /** The key of the line in the legend. */
  readonly group: string
  readonly label: string
  /** The position of its style. */
  readonly position: number
  /** Null of a single curve. */
  readonly band: { readonly low: ReadonlyArray<number>; readonly high: ReadonlyArray<number>; readonly count: ReadonlyArray<number> } | null
  /** What it was before it was smoothed; null if it was not. */
  readonly raw: Series | null
}

/** What one line of the legend is drawn from. */
export interface LineCurves {
  readonly group: LineGroup
  readonly position: number
  readonly curves: ReadonlyArray<Curve>
}

export interface Drawing {
  readonly spread: Spread
  /** The weight of what was before. */
  readonly smoothing: number
  /** Whether x is a metric, which is as noisy as y: then both are smoothed along the steps. */
  readonly isMeasuredX?: boolean
}

/** The lines of one entry of the legend: one, or one for each seed. */
export const drawLines = (
  { group, position, curves }: LineCurves,
  { spread, smoothing, isMeasuredX = false }: Drawing,
): ReadonlyArray<DrawnLine> => {
  const smoothed = ({ x, y }: Series): Series => ({ x: isMeasuredX ? smooth(x, smoothing) : x, y: smooth(y, smoothing) })
  const filled = curves.map(withFiniteX).filter(({ x }) => x.length > 0)
  if (filled.length === 0) return []
  const line = { group: group.key, label: group.label, position }
  const [only] = filled
  if (spread === "seeds" || (filled.length === 1 && only !== undefined))
    return filled.map((curve) => ({
      ...line,
      ...smoothed(curve),
      key: filled.length === 1 ? group.key : `${group.key} ${curve.id}`,
      label: filled.length === 1 ? group.label : `${group.label}${seedOf(curve.at)}`,
      band: null,
      raw: smoothing > 0 ? { x: curve.x, y: curve.y } : null,
    }))
  const { x, mean, low, high, count } = bandOf(filled.map(smoothed), spread)
  const before = smoothing > 0 ? bandOf(filled, spread) : null
  const raw = before === null ? null : { x: before.x, y: before.mean }
  return [{ ...line, key: group.key, x, y: mean, band: { low, high, count }, raw }]
}

/** Without points that JSON has no number for, where x is a metric. */
const withFiniteX = (curve: Curve): Curve => {
  const { x, y } = curve
  if (x.every(Number.isFinite)) return curve
  return { ...curve, x: x.filter(Number.isFinite), y: y.filter((_, index) => Number.isFinite(x[index])) }
}

const seedOf = ({ world, seed }: Readonly<Record<string, string>>): string =>
  `${world === undefined ? "" : ` world=${world}`}${seed === undefined ? "" : ` seed=${seed}`}`

/** Rows of the chart's data sets. */
export interface PointRow extends LineRow {
  /** Parts of a line are not joined: where some of its seeds end, their mean jumps. */
  readonly part: number
  /** Whether it is the mean of some of the seeds only. */
  readonly isPartial: boolean
  readonly x: number
  /** Null where the line has a gap. */
  readonly y: number | null
}

export interface BandRow extends LineRow {
  readonly part: number
  readonly x: number
  readonly low: number | null
  readonly high: number | null
}

export interface CurveRows {
  readonly bands: ReadonlyArray<BandRow>
  readonly raw: ReadonlyArray<PointRow>
  readonly lines: ReadonlyArray<PointRow>
}

export const noRows: CurveRows = { bands: [], raw: [], lines: [] }

export interface AxisTypes {
  readonly x: ScaleType
  readonly y: ScaleType
}

/** The rows of the lines; those that are equal to rows of `before` are the same objects. */
export const rowsOf = (lines: ReadonlyArray<DrawnLine>, types: AxisTypes, before: CurveRows): CurveRows => {
  const bands = lines.flatMap((line) => bandRows(line, types))
  const raw = lines.flatMap((line) => (line.raw === null ? [] : pointRows({ ...line, ...line.raw, band: null }, types)))
  const points = lines.flatMap((line) => pointRows(line, types))
  return {
    bands: reuseRows(before.bands, bands),
    raw: reuseRows(before.raw, raw),
    lines: reuseRows(before.lines, points),
  }
}

const pointRows = (line: DrawnLine, types: AxisTypes): ReadonlyArray<PointRow> => {
  const { key, x, y, band } = line
  const parts = partsOf(line)
  const whole = Math.max(...(band?.count ?? [1]))
  return x.flatMap((at, index) => {
    const value = y[index] ?? Number.NaN
    if (!hasPlace(types.x, at)) return []
    const isPartial = band !== null && (band.count[index] ?? whole) < whole
    return [{ line: key, part: parts[index] ?? 0, index, x: at, y: hasPlace(types.y, value) ? value : null, isPartial }]
  })
}

const bandRows = (line: DrawnLine, types: AxisTypes): ReadonlyArray<BandRow> => {
  const { key, x, band } = line
  if (band === null) return []
  const parts = partsOf(line)
  return x.flatMap((at, index): ReadonlyArray<BandRow> => {
    const [low = Number.NaN, high = Number.NaN] = [band.low[index], band.high[index]]
    const row = { line: key, part: parts[index] ?? 0, index, x: at }
    if (!hasPlace(types.x, at)) return []
    if (!hasPlace(types.y, high)) return [{ ...row, low: null, high: null }]
    // Down to the frame, where a logarithmic axis has no place for what is at or below 0.
    return [{ ...row, low: hasPlace(types.y, low) ? low : high * 1e-12, high }]
  })
}

/** The part that each point belongs to: another one begins where the number of seeds changes. */
const partsOf = ({ x, band }: DrawnLine): ReadonlyArray<number> => {
  if (band === null) return []
  let part = 0
  return x.map((_, index) => {
    if (index > 0 && band.count[index] !== band.count[index - 1]) part += 1
    return part
  })
}

/** Points that a logarithmic axis has no place for. */
export const countHidden = (lines: ReadonlyArray<DrawnLine>, types: AxisTypes): number =>
  lines.reduce(
    (sum, { x, y }) =>
      sum + x.filter((at, index) => Number.isFinite(y[index]) && !(hasPlace(types.x, at) && hasPlace(types.y, y[index] ?? 0))).length,
    0,
  )

const unitDomain: Readonly<Record<ScaleType, Domain>> = { linear: [0, 1], log: [1, 10], symlog: [0, 1] }

/** The domain of x: what was zoomed to, else all points. */
export const domainOfX = (lines: ReadonlyArray<DrawnLine>, type: ScaleType, zoom: Domain | null): Domain => {
  if (zoom?.every((end) => hasPlace(type, end)) && zoom[0] < zoom[1]) return zoom
  const extent = extentOf(
    lines.flatMap(({ x }) => x),
    type,
  )
  if (extent === null) return unitDomain[type]
  return extent[0] === extent[1] ? padDomain(extent, type, 0) : extent
}

/** The domain of y: all that is drawn of the lines between the ends of x. */
export const domainOfY = (lines: ReadonlyArray<DrawnLine>, type: ScaleType, [from, to]: Domain): Domain => {
  const values: Array<number> = []
  for (const { x, y, raw, band } of lines)
    for (const [xs, series] of [
      [x, y],
      [x, band?.low],
      [x, band?.high],
      [raw?.x, raw?.y],
    ] as const)
      for (const [index, value] of (series ?? []).entries()) {
        const at = xs?.[index] ?? Number.NaN
        if (at >= from && at <= to) values.push(value)
      }
  const extent = extentOf(values, type)
  return extent === null ? unitDomain[type] : padDomain(extent, type, 0.05)
}
