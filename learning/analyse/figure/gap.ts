import type { TopLevelSpec } from "vega-lite"
import { StageError } from "../../../dsl/stage-error.ts"
import { countedRows, type GapRow, type GapTheory, gapHeadline, seriesOf } from "./gap-headline.ts"
import { formatCounts, formatDifference, formatSetting, joinWords } from "./number-words.ts"
import { orderedColors } from "./ordered-colors.ts"
import { rangeOf } from "./range.ts"
import { characterWidth, renderSvg } from "./render.ts"
import { spreadLabels } from "./spread-labels.ts"
import { figureConfig, labelSize, titleOf } from "./style.ts"

export interface GapOptions {
  /** By default, where the gap differs from 0. */
  readonly title?: string
  /** Follows what the caption always says. */
  readonly caption?: string
  /** The two arms; the gap is the first less the second. */
  readonly first: string
  readonly second: string
  /** What series are values of: "learning rate". */
  readonly seriesName: string
  /** A grey line in every panel. */
  readonly theory?: GapTheory
}

/** Pixels. */
const sizeOf = (panels: number) => (panels === 1 ? { width: 440, height: 260 } : { width: 300, height: 210 })
const panelGap = 30
const labelDistance = 12

/**
 * Draws a gap in win rate against KL as an SVG document: a panel per task, all on the same axes,
 * and in it a line per series with the band of its 95 % intervals, named at its end; series have an
 * order, and so have their colours. A bar across the end of a line says that an arm does not get
 * further. Throws a StageError `NoPoints` or `NotFinite`.
 */
export const gapFigure = async (rows: ReadonlyArray<GapRow>, options: GapOptions): Promise<string> => {
  if (rows.length === 0) throw new StageError("NoPoints", "the figure expects at least one gap, got none: no two arms share a KL")
  for (const { panel, series, kl, effect, low, high } of rows) {
    if (![kl, effect, low, high].every(Number.isFinite))
      throw new StageError("NotFinite", `${panel}, ${series} at ${kl} nats: the gap should be finite with its bounds, got ${effect}`, {
        panel,
        series,
      })
  }
  return renderSvg(specification(rows, options))
}

const specification = (rows: ReadonlyArray<GapRow>, options: GapOptions): TopLevelSpec => {
  const names = [...new Set(rows.map(({ panel }) => panel))]
  const columns = Math.min(2, names.length)
  const size = sizeOf(names.length)
  const axes = axesOf(rows, size, options)
  const panels = names.map((name, position) => ({
    ...size,
    title: { text: name, anchor: "start" as const, frame: "group" as const, fontSize: 11, offset: 6 },
    layer: layersOf(
      position,
      rows.filter(({ panel }) => panel === name),
      { ...axes, y: { ...axes.y, title: position % columns === 0 ? `win rate, ${options.first} − ${options.second}` : null } },
      options.theory,
    ),
  }))
  const total = columns * size.width + (columns - 1) * (panelGap + 36)
  return {
    background: "white",
    padding: 10,
    title: titleOf(options.title ?? gapHeadline(rows, options), captionOf(rows, options), total),
    spacing: 16,
    vconcat: Array.from({ length: Math.ceil(panels.length / columns) }, (_, row) => ({
      hconcat: panels.slice(row * columns, (row + 1) * columns),
      spacing: panelGap,
    })),
    config: figureConfig,
  }
}

interface Axes {
  readonly size: ReturnType<typeof sizeOf>
  readonly series: ReadonlyArray<string>
  readonly highestKl: number
  readonly range: readonly [number, number]
  readonly x: object
  readonly y: object
  readonly color: object
}

/** What panels share: ranges, ticks and colours. */
const axesOf = (rows: ReadonlyArray<GapRow>, size: Axes["size"], { theory }: GapOptions): Axes => {
  const series = seriesOf(rows).map(formatSetting)
  const kls = [...new Set(rows.map(({ kl }) => kl))].sort((a, b) => a - b)
  const [lowestKl, highestKl] = [kls[0] as number, kls.at(-1) as number]
  const effects = [...rows, ...(theory?.points ?? [])].map(({ effect }) => effect)
  const range = rangeOf([0, ...effects], rows)
  const span = highestKl - lowestKl || 1
  // Room for the names at the ends of lines.
  const named = (Math.max(...series.map((name) => name.length), theory?.name.length ?? 0) * characterWidth * labelSize + 12) / size.width
  const nats = Array.from({ length: Math.floor(highestKl) + 1 }, (_, nat) => nat).filter((nat) => nat >= lowestKl)
  return {
    size,
    series,
    highestKl,
    range,
    x: {
      type: "quantitative",
      title: "KL to the reference (nats)",
      scale: { domain: [lowestKl - 0.06 * span, highestKl + (1.06 * span * named) / (1 - named) + 0.02 * span], nice: false, zero: false },
      axis: { grid: false, labelFlush: false, ...(nats.length > 1 ? { values: nats, format: "d" } : { tickCount: 6 }) },
    },
    y: {
      type: "quantitative",
      scale: { domain: [...range], nice: false, zero: false },
      axis: { tickCount: 6, grid: true, labelExpr: "datum.value == 0 ? '0' : format(datum.value, '+.2f')" },
    },
    color: { type: "nominal", legend: null, scale: { domain: series, range: orderedColors(series.length) } },
  }
}

/** From back to front: theory, bands, the rule at 0, lines, marks, ends, names. */
const layersOf = (
  panel: number,
  rows: ReadonlyArray<GapRow>,
  { size, series, highestKl, range, x, y, color }: Axes,
  theory?: GapTheory,
) => {
  const [low, high] = range
  const cut = (value: number) => Math.min(high, Math.max(low, value))
  const drawn = rows.map((row) => ({
    ...row,
    series: formatSetting(row.series),
    from: cut(row.low),
    to: cut(row.high),
    description: describe(row),
  }))
  const lines = series.map((name) => drawn.filter((row) => row.series === name).sort((a, b) => a.kl - b.kl))
  const values = lines.flat()
  const kls = new Set(values.map(({ kl }) => kl))
  const ends = lines.flatMap((line) => line.slice(-1))
  const lastOfTheory = theory?.points.at(-1)
  const places = [...ends.map(({ effect }) => effect), ...(lastOfTheory === undefined ? [] : [lastOfTheory.effect])]
  const spread = spreadLabels(places, (labelDistance * (high - low)) / size.height)
  const at = { x: { ...x, field: "kl" }, y: { ...y, field: "effect" } }
  const colored = { ...color, field: "series" }
  const name = { type: "text" as const, aria: false, align: "left" as const, baseline: "middle" as const, dx: 8, fontSize: labelSize }
  // Named, so that they can be found when the SVG is edited.
  const layer = <L>(what: string, content: L) => ({ name: `panel_${panel}_${what}`, data: { values }, ...content })
  const grey = "#777"
  return [
    ...(theory === undefined || lastOfTheory === undefined
      ? []
      : [
          layer("theory", {
            data: { values: theory.points },
            mark: { type: "line" as const, aria: false, color: grey, strokeWidth: 1.3, strokeDash: [5, 3] },
            encoding: at,
          }),
          layer("theory_name", {
            data: { values: [{ kl: lastOfTheory.kl, effect: spread.at(-1) }] },
            mark: { ...name, color: grey, text: theory.name },
            encoding: at,
          }),
        ]),
    layer("bands", {
      data: { values: lines.filter((line) => line.length > 1).flat() },
      mark: { type: "area" as const, aria: false, opacity: 0.2 },
      encoding: { x: at.x, y: { ...y, field: "from" }, y2: { field: "to" }, color: colored },
    }),
    layer("intervals", {
      data: { values: lines.filter((line) => line.length === 1).flat() },
      mark: { type: "rule" as const, aria: false, strokeWidth: 1 },
      encoding: { x: at.x, y: { ...y, field: "from" }, y2: { field: "to" }, color: colored },
    }),
    layer("zero", {
      data: { values: [{}] },
      mark: { type: "rule" as const, aria: false, color: "#333", strokeWidth: 1 },
      encoding: { y: { ...y, datum: 0 } },
    }),
    layer("lines", { mark: { type: "line" as const, aria: false, strokeWidth: 1.8 }, encoding: { ...at, color: colored } }),
    layer("gaps", {
      mark: { type: "point" as const, filled: true, size: kls.size > 6 ? 20 : 44, opacity: 1, stroke: "white", strokeWidth: 0.7 },
      encoding: { ...at, fill: colored, description: { field: "description", type: "nominal" as const } },
    }),
    layer("ends", {
      data: { values: ends.filter(({ kl }) => kl < highestKl) },
      mark: { type: "tick" as const, aria: false, orient: "vertical" as const, size: 17, thickness: 2.2, opacity: 1 },
      encoding: { ...at, color: colored },
    }),
    layer("names", {
      data: { values: ends.map((end, index) => ({ ...end, effect: spread[index] })) },
      mark: { ...name, fontWeight: "bold" as const },
      encoding: { ...at, text: { field: "series", type: "nominal" as const }, color: colored },
    }),
  ]
}

const describe = ({ panel, series, kl, effect, low, high }: GapRow): string =>
  `${panel}, ${formatSetting(series)}, KL ${kl} nats: ${formatDifference(effect)} (${formatDifference(low)} to ${formatDifference(high)})`

const captionOf = (rows: ReadonlyArray<GapRow>, { seriesName, caption = "", theory }: GapOptions): string => {
  const series = seriesOf(rows)
  const highest = Math.max(...rows.map(({ kl }) => kl))
  const ended = [...new Set(rows.map(({ panel }) => panel))].some((panel) =>
    series.some((one) => {
      const line = rows.filter((row) => row.panel === panel && row.series === one)
      return line.length > 0 && line.every(({ kl }) => kl < highest)
    }),
  )
  const worlds = formatCounts(
    rows.map((row) => row.worlds),
    "world",
  )
  return [
    `Lines: ${seriesName} ${joinWords(series.map(formatSetting))}. Bands: 95 % intervals over ${worlds}; ahead or behind where they exclude 0.`,
    countedRows(rows).length < rows.length ? "Counted at whole nats." : "",
    ended ? "Bar across a line's end: an arm does not get further." : "",
    theory === undefined ? "" : theory.caption,
    caption,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ")
}
