import { readRule } from "./claim-axis.ts"
import type { ForestRow } from "./forest-layout.ts"
import { describeClaim, middleOf } from "./forest-words.ts"
import { rangeOf } from "./range.ts"
import { type VerdictStyle, verdictStyles } from "./verdict-style.ts"

export interface PlotOptions {
  readonly title: string
  /** The scale of pixels from the top. */
  readonly y: object
}

/**
 * The layers of a forest plot's middle, by name, from back to front: bands, the rule at 0 or ½,
 * thresholds, intervals (those that leave the axis end in an arrow), estimates.
 */
export const plotLayers = (rows: ReadonlyArray<ForestRow>, { title, y }: PlotOptions) => {
  const drawn = rows.map(({ row, ...place }) => ({ ...place, ...readRule(row), row, ...(verdictStyles.get(row.verdict) as VerdictStyle) }))
  const estimates = drawn.flatMap((each) => {
    const { effect, low, high } = each.row
    return effect === null || low === null || high === null ? [] : { ...each, effect, low, high, description: describeClaim(each.row) }
  })
  const middle = drawn[0] === undefined ? 0 : middleOf(drawn[0].row)
  const rules = drawn.flatMap(({ threshold, band = [] }) => [threshold, ...band])
  const [lowest, highest] = rangeOf([middle, ...estimates.map(({ effect }) => effect), ...rules], estimates)
  const ends = estimates.flatMap((each) => [
    ...(each.low < lowest ? [{ ...each, at: lowest, shape: "triangle-left" }] : []),
    ...(each.high > highest ? [{ ...each, at: highest, shape: "triangle-right" }] : []),
  ])
  const x = {
    type: "quantitative" as const,
    title,
    scale: { domain: [lowest, highest], nice: false, zero: false },
    axis: { grid: true, tickCount: 5, labelFlush: false, ...tickLabels(middle) },
  }
  const at = { ...y, field: "y" }
  const spanned = { y: { ...y, field: "top" }, y2: { field: "bottom" } }
  return {
    bands: {
      data: { values: drawn.flatMap(({ band, top, bottom }) => (band === undefined ? [] : { from: band[0], to: band[1], top, bottom })) },
      mark: { type: "rect" as const, aria: false, color: "#ececec" },
      encoding: { x: { ...x, field: "from" }, x2: { field: "to" }, ...spanned },
    },
    zero: {
      data: { values: [{}] },
      mark: { type: "rule" as const, aria: false, color: "#333", strokeWidth: 1 },
      encoding: { x: { ...x, datum: middle } },
    },
    thresholds: {
      data: { values: drawn.filter(({ threshold }) => threshold !== middle) },
      mark: { type: "rule" as const, aria: false, color: "#333", strokeDash: [2, 2], strokeWidth: 1 },
      encoding: { x: { ...x, field: "threshold" }, ...spanned },
    },
    intervals: {
      data: { values: estimates.map((each) => ({ ...each, from: Math.max(lowest, each.low), to: Math.min(highest, each.high) })) },
      mark: { type: "rule" as const, aria: false, strokeWidth: 2 },
      encoding: { x: { ...x, field: "from" }, x2: { field: "to" }, y: at, color: asIs("color") },
    },
    ends: {
      data: { values: ends },
      mark: { type: "point" as const, aria: false, filled: true, size: 45, opacity: 1 },
      encoding: { x: { ...x, field: "at" }, y: at, shape: asIs("shape"), color: asIs("color") },
    },
    estimates: {
      data: { values: estimates },
      mark: { type: "point" as const, filled: true, size: 75, opacity: 1, strokeWidth: 1.6 },
      encoding: {
        x: { ...x, field: "effect" },
        y: at,
        shape: asIs("shape"),
        fill: asIs("fill"),
        stroke: asIs("color"),
        description: { field: "description", type: "nominal" as const },
      },
    },
  }
}

/** A field that holds what is drawn: a colour, a shape. */
export const asIs = (field: string) => ({ field, type: "nominal" as const, scale: null, legend: null })

/** Of differences with their sign, of shares without. */
const tickLabels = (middle: number) =>
  middle === 0 ? { labelExpr: "datum.value == 0 ? '0' : format(datum.value, '+~g')" } : { format: "~g" }
