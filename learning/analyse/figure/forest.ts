import type { TopLevelSpec } from "vega-lite"
import { StageError } from "../../../dsl/stage-error.ts"
import type { ClaimOf } from "../decided-claim.ts"
import { axisTitleOf, isLevel, readRule } from "./claim-axis.ts"
import { forestHeadline } from "./forest-headline.ts"
import { claimFontSize, type ForestLayout, forestSize, layOutForest, wrapText } from "./forest-layout.ts"
import { formatCounts, formatDifference } from "./number-words.ts"
import { rangeOf } from "./range.ts"
import { renderSvg } from "./render.ts"
import { figureConfig, labelSize, titleOf } from "./style.ts"
import { type VerdictStyle, verdictStyles } from "./verdict-style.ts"

export interface ForestOptions {
  /** By default, what became of the claims. */
  readonly title?: string
  /** Follows what the caption always says. */
  readonly caption?: string
  /** What the claims are called in the title: "primary". */
  readonly family: string
}

/**
 * Draws claims as a forest plot, an SVG document: for each claim its words, its estimate with the 95
 * % interval, the band of differences that count as none, its adjusted p-value and its verdict, for
 * inconclusive ones with the effect that could have been found. Claims of one unit share an axis;
 * claims of several tables stand under their names. Throws a StageError `NoClaims` or
 * `UnknownVerdict`.
 */
export const forestFigure = async (claims: ReadonlyArray<ClaimOf>, options: ForestOptions): Promise<string> => {
  if (claims.length === 0)
    throw new StageError("NoClaims", `the forest plot expects at least one ${options.family} claim, got none. Choose another "family".`)
  for (const { claim, verdict } of claims) {
    if (!verdictStyles.has(verdict))
      throw new StageError("UnknownVerdict", `"${claim}" expects one of ${[...verdictStyles.keys()].join(", ")}, got "${verdict}"`, {
        claim,
      })
  }
  return renderSvg(specification(claims, options))
}

const specification = (claims: ReadonlyArray<ClaimOf>, options: ForestOptions): TopLevelSpec => {
  const titles = [...new Set(claims.map(({ measure }) => axisTitleOf(measure)))]
  const hasHeadings = new Set(claims.map(({ of }) => of)).size > 1
  const columns = columnsOf(claims.some(({ p_adjusted }) => p_adjusted !== null))
  const heading = options.title ?? forestHeadline(claims, options.family)
  return {
    background: "white",
    padding: 10,
    title: { ...titleOf(heading, captionOf(claims, options), columns.end + claimsWidth), dx: -claimsWidth },
    spacing: 22,
    vconcat: titles.map((title, section) => {
      const rows = claims.filter(({ measure }) => axisTitleOf(measure) === title)
      return sectionOf(layOutForest(rows, hasHeadings), { section, title, columns })
    }),
    config: figureConfig,
  }
}

/** How far claims begin before the plot, in pixels. */
const claimsWidth = forestSize.claim + 12

/** Where texts at the right begin, in pixels from the left of the plot. */
const columnsOf = (hasP: boolean) => {
  const effect = forestSize.plot + 14
  const p = effect + forestSize.effect
  const verdict = hasP ? p + forestSize.p : p
  return { effect, p: hasP ? p : undefined, verdict, end: verdict + forestSize.verdict }
}

interface SectionOptions {
  readonly section: number
  readonly title: string
  readonly columns: ReturnType<typeof columnsOf>
}

/** From back to front: bands, the rule at 0 or ½, thresholds, intervals, marks, texts. */
const sectionOf = ({ rows, claims, headings, height }: ForestLayout, { section, title, columns }: SectionOptions) => {
  const drawn = rows.map(({ row, y, top, bottom }) => ({
    ...bounded(row),
    y,
    top,
    bottom,
    ...(verdictStyles.get(row.verdict) as VerdictStyle),
    ...readRule(row),
    row,
  }))
  const estimates = drawn.flatMap((each) => (each.effect === null ? [] : { ...each, effect: each.effect, description: describe(each.row) }))
  const middle = rows.every(({ row }) => isLevel(row.measure)) ? 0.5 : 0
  const [low, high] = rangeOf(
    [middle, ...estimates.map(({ effect }) => effect), ...drawn.flatMap(({ threshold, band = [] }) => [threshold, ...band])],
    estimates,
  )
  const x = { type: "quantitative" as const, title, scale: { domain: [low, high], nice: false, zero: false }, axis: xAxis(middle === 0) }
  const y = { type: "quantitative" as const, axis: null, scale: { domain: [height, 0], nice: false, zero: false } }
  const raw = <F extends string>(field: F) => ({ field, type: "nominal" as const, scale: null, legend: null })
  const layer = <L>(name: string, content: L) => ({ name: `section_${section}_${name}`, ...content })
  const text = (place: number, size: number, style: object = {}) => ({
    mark: { type: "text" as const, aria: false, align: "left" as const, baseline: "middle" as const, fontSize: size, ...style },
    encoding: { x: { value: place }, y: { ...y, field: "y" }, text: { field: "text", type: "nominal" as const }, color: raw("color") },
  })
  const column = (place: number, of: (row: ClaimOf) => string, heading: string) => ({
    data: {
      values: [
        ...drawn.map((each) => ({ y: each.y, text: of(each.row), color: each.color })),
        ...(section === 0 ? [{ y: -10, text: heading, color: "#444" }] : []),
      ],
    },
    ...text(place, labelSize),
  })
  const bands = drawn.flatMap(({ band, top, bottom }) => (band === undefined ? [] : { from: band[0], to: band[1], top, bottom }))
  const ends = estimates.flatMap((each) => [
    ...(each.low < low ? [{ at: low, y: each.y, shape: "triangle-left", color: each.color }] : []),
    ...(each.high > high ? [{ at: high, y: each.y, shape: "triangle-right", color: each.color }] : []),
  ])
  const cut = estimates.map((each) => ({ ...each, from: Math.max(low, each.low), to: Math.min(high, each.high) }))
  const reasons = drawn.flatMap(({ effect, row, y: place }) => (effect === null ? reasonLines(row, place) : []))
  return {
    width: forestSize.plot,
    height,
    layer: [
      layer("bands", {
        data: { values: bands },
        mark: { type: "rect" as const, aria: false, color: "#ececec" },
        encoding: { x: { ...x, field: "from" }, x2: { field: "to" }, y: { ...y, field: "top" }, y2: { field: "bottom" } },
      }),
      layer("zero", {
        data: { values: [{}] },
        mark: { type: "rule" as const, aria: false, color: "#333", strokeWidth: 1 },
        encoding: { x: { ...x, datum: middle } },
      }),
      layer("thresholds", {
        data: { values: drawn.filter(({ threshold }) => threshold !== middle) },
        mark: { type: "rule" as const, aria: false, color: "#333", strokeDash: [2, 2], strokeWidth: 1 },
        encoding: { x: { ...x, field: "threshold" }, y: { ...y, field: "top" }, y2: { field: "bottom" } },
      }),
      layer("intervals", {
        data: { values: cut },
        mark: { type: "rule" as const, aria: false, strokeWidth: 2 },
        encoding: { x: { ...x, field: "from" }, x2: { field: "to" }, y: { ...y, field: "y" }, color: raw("color") },
      }),
      layer("ends", {
        data: { values: ends },
        mark: { type: "point" as const, aria: false, filled: true, size: 45, opacity: 1 },
        encoding: { x: { ...x, field: "at" }, y: { ...y, field: "y" }, shape: raw("shape"), color: raw("color") },
      }),
      layer("estimates", {
        data: { values: estimates },
        mark: { type: "point" as const, filled: true, size: 75, opacity: 1, strokeWidth: 1.6 },
        encoding: {
          x: { ...x, field: "effect" },
          y: { ...y, field: "y" },
          shape: raw("shape"),
          fill: raw("fill"),
          stroke: raw("color"),
          description: { field: "description", type: "nominal" as const },
        },
      }),
      layer("reasons", { data: { values: reasons }, ...text(columns.effect, labelSize) }),
      layer("claims", {
        data: { values: claims.map((each) => ({ ...each, color: "#111" })) },
        ...text(-claimsWidth, claimFontSize),
      }),
      layer("headings", {
        data: { values: headings.map((each) => ({ ...each, color: "#111" })) },
        ...text(-claimsWidth, 11, { fontWeight: "bold" }),
      }),
      layer("effects", column(columns.effect, formatEffect, "effect [95 % interval]")),
      ...(columns.p === undefined ? [] : [layer("p_values", column(columns.p, formatP, "adjusted p"))]),
      layer("verdicts", column(columns.verdict, formatVerdict, "verdict")),
    ],
  }
}

const xAxis = (hasSigns: boolean) => ({
  grid: true,
  tickCount: 5,
  labelFlush: false,
  ...(hasSigns ? { labelExpr: "datum.value == 0 ? '0' : format(datum.value, '+~g')" } : { format: "~g" }),
})

/** The estimate with its bounds; all null where one of them is missing. */
const bounded = ({ effect, low, high }: ClaimOf) =>
  effect === null || low === null || high === null ? { effect: null, low: 0, high: 0 } : { effect, low, high }

/** Why there is no estimate, in its place. */
const reasonLines = ({ reason }: ClaimOf, middle: number) =>
  wrapText(reason ?? "", forestSize.effect + forestSize.p, labelSize).map((text, index, lines) => ({
    y: middle + (index - (lines.length - 1) / 2) * 12,
    text,
    color: "#666",
  }))

const formatEffect = ({ measure, effect, low, high }: ClaimOf): string => {
  const format = isLevel(measure) ? (value: number) => value.toFixed(3) : formatDifference
  return effect === null || low === null || high === null ? "" : `${format(effect)} [${format(low)}, ${format(high)}]`
}

const formatP = ({ p_adjusted }: ClaimOf): string => (p_adjusted === null ? "" : p_adjusted < 0.001 ? "< 0.001" : p_adjusted.toFixed(3))

const formatVerdict = ({ verdict, detectable }: ClaimOf): string => {
  const { sign } = verdictStyles.get(verdict) as VerdictStyle
  return verdict === "inconclusive" && detectable !== null ? `${sign} could find ${detectable.toFixed(3)}` : `${sign} ${verdict}`
}

const describe = (row: ClaimOf): string => `${row.of === undefined ? "" : `${row.of}: `}${row.claim}: ${formatEffect(row)}, ${row.verdict}`

const captionOf = (claims: ReadonlyArray<ClaimOf>, { caption = "" }: ForestOptions): string => {
  const measured = claims.filter(({ worlds }) => worlds > 0)
  const over = [measured.map(({ worlds }) => worlds), measured.map(({ seeds }) => seeds)] as const
  const bars =
    measured.length === 0 ? "" : `Bars: 95 % intervals over ${formatCounts(over[0], "world")} of ${formatCounts(over[1], "seed")}.`
  const band = claims.some((claim) => readRule(claim).band !== undefined) ? "Grey: differences that count as none." : ""
  const dotted = claims.some(({ measure, ...claim }) => readRule(claim).threshold !== (isLevel(measure) ? 0.5 : 0))
    ? "Dotted: the threshold of a claim."
    : ""
  const could = claims.some(({ verdict }) => verdict === "inconclusive")
    ? '"Could find": the smallest effect that has a chance of 80 % to be found.'
    : ""
  return [bars, band, dotted, could, caption].filter((sentence) => sentence !== "").join(" ")
}
