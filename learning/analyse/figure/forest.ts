import type { TopLevelSpec } from "vega-lite"
import { StageError } from "../../../dsl/stage-error.ts"
import type { ClaimOf } from "../read-claims.ts"
import { axisTitleOf } from "./claim-axis.ts"
import { forestHeadline } from "./forest-headline.ts"
import { claimFontSize, type ForestLayout, type ForestText, forestSize, layOutForest } from "./forest-layout.ts"
import { asIs, plotLayers } from "./forest-plot.ts"
import { forestCaption, formatEffect, formatP, formatVerdict } from "./forest-words.ts"
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
 * Draws claims as a forest plot, an SVG document: for each claim its words, its estimate with the
 * 95 % interval, the band of differences that count as none, its adjusted p-value and its verdict,
 * for inconclusive ones with the effect that could have been found. Claims of one unit share an
 * axis; claims of several tables stand under their names. Throws a StageError `NoClaims` or
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
  const caption = `${forestCaption(claims)} ${options.caption ?? ""}`.trim()
  return {
    background: "white",
    padding: 10,
    title: { ...titleOf(heading, caption, columns.end + claimsWidth), dx: -claimsWidth },
    spacing: 22,
    vconcat: titles.map((title, section) => {
      const rows = claims.filter(({ measure }) => axisTitleOf(measure) === title)
      return sectionOf(layOutForest(rows, { hasHeadings, reasonWidth: columns.verdict - columns.effect - 8 }), { section, title, columns })
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

/** Claims of one unit: their words at the left, the plot, columns at the right. */
const sectionOf = ({ rows, claims, reasons, headings, height }: ForestLayout, { section, title, columns }: SectionOptions) => {
  const y = { type: "quantitative" as const, axis: null, scale: { domain: [height, 0], nice: false, zero: false } }
  const text = (values: ReadonlyArray<ForestText>, place: number, fontSize: number, style: object = {}) => ({
    data: { values: values.map((each) => ({ color: "#111", ...each })) },
    mark: { type: "text" as const, aria: false, align: "left" as const, baseline: "middle" as const, fontSize, ...style },
    encoding: { x: { value: place }, y: { ...y, field: "y" }, text: { field: "text", type: "nominal" as const }, color: asIs("color") },
  })
  const colorOf = ({ verdict }: ClaimOf) => (verdictStyles.get(verdict) as VerdictStyle).color
  const column = (place: number, heading: string, textOf: (row: ClaimOf) => string) => {
    const cells = rows.map(({ row, y: middle }) => ({ y: middle, text: textOf(row), color: colorOf(row) }))
    return text(section === 0 ? [...cells, { y: -10, text: heading, color: "#444" }] : cells, place, labelSize)
  }
  const layers = {
    ...plotLayers(rows, { title, y }),
    reasons: text(
      reasons.map((line) => ({ ...line, color: "#666" })),
      columns.effect,
      labelSize,
    ),
    claims: text(claims, -claimsWidth, claimFontSize),
    headings: text(headings, -claimsWidth, 11, { fontWeight: "bold" }),
    effects: column(columns.effect, "effect [95 % interval]", formatEffect),
    ...(columns.p === undefined ? {} : { p_values: column(columns.p, "adjusted p", formatP) }),
    verdicts: column(columns.verdict, "verdict", formatVerdict),
  }
  // Named, so that they can be found when the SVG is edited.
  const layer = Object.entries(layers).map(([name, content]) => ({ name: `section_${section}_${name}`, ...content }))
  return { width: forestSize.plot, height, layer }
}
