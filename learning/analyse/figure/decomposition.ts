import type { TopLevelSpec } from "vega-lite"
import { StageError } from "../../../dsl/stage-error.ts"
import { type DecompositionRow, decompositionHeadline, findNotAdding, wordOf } from "./decomposition-parts.ts"
import { formatCounts, formatDifference } from "./number-words.ts"
import { rangeOf } from "./range.ts"
import { renderSvg } from "./render.ts"
import { figureConfig, labelSize, titleOf } from "./style.ts"

export interface DecompositionOptions {
  /** By default, which components differ from 0. */
  readonly title?: string
  /** Follows what the caption always says. */
  readonly caption?: string
  /** The two arms; the gap is the first less the second. */
  readonly first: string
  readonly second: string
}

/** Pixels. */
const width = 210
const labelWidth = 88
const valueWidth = 46
const barStep = 17
const groupGap = 24
const panelGap = 20

/**
 * Draws what a gap in win rate is made of as an SVG document: a panel per task, in it a group per
 * KL, and in that a bar from 0 per component and one for the gap that they add up to, each with its
 * 95 % interval and its value. Parts of a component ("order", "coverage") stand indented under it.
 * All panels have the same axis. Throws a StageError `NoPoints`, `NotFinite`, or `DoesNotAddUp`
 * where components and the gap differ by more than 1e-6.
 */
export const decompositionFigure = async (rows: ReadonlyArray<DecompositionRow>, options: DecompositionOptions): Promise<string> => {
  if (rows.length === 0) throw new StageError("NoPoints", "the figure expects at least one component of a gap, got none")
  for (const { panel, component, kl, effect, low, high } of rows) {
    if (![kl, effect, low, high].every(Number.isFinite))
      throw new StageError("NotFinite", `${panel}, ${component} at ${kl} nats: it should be finite with its bounds, got ${effect}`, {
        panel,
        component,
      })
  }
  const wrong = findNotAdding(rows)
  if (wrong !== undefined)
    throw new StageError(
      "DoesNotAddUp",
      `${wrong.panel} at ${wrong.kl} nats: components should add up to the gap of ${wrong.gap}, got ${wrong.sum}. Take all from the same runs.`,
      { panel: wrong.panel },
    )
  return renderSvg(specification(rows, options))
}

const specification = (rows: ReadonlyArray<DecompositionRow>, options: DecompositionOptions): TopLevelSpec => {
  const names = [...new Set(rows.map(({ panel }) => panel))]
  const columns = Math.min(2, names.length)
  const range = rangeOf(
    [0, ...rows.map(({ effect }) => effect)],
    rows.map(({ low, high }) => ({ low, high })),
  )
  const panels = names.map((name, position) =>
    panelOf(
      rows.filter(({ panel }) => panel === name),
      { name, position, range, title: `win rate, ${options.first} − ${options.second}` },
    ),
  )
  const total = columns * (labelWidth + width + valueWidth) + (columns - 1) * panelGap
  return {
    background: "white",
    padding: 10,
    title: { ...titleOf(options.title ?? decompositionHeadline(rows), captionOf(rows, options), total), dx: -labelWidth },
    spacing: 18,
    vconcat: Array.from({ length: Math.ceil(panels.length / columns) }, (_, row) => ({
      hconcat: panels.slice(row * columns, (row + 1) * columns),
      spacing: panelGap + labelWidth + valueWidth,
      bounds: "flush" as const,
    })),
    config: figureConfig,
  }
}

interface PanelOptions {
  readonly name: string
  readonly position: number
  readonly range: readonly [number, number]
  readonly title: string
}

/** From back to front: bars, the rule at 0, intervals, names, values. */
const panelOf = (rows: ReadonlyArray<DecompositionRow>, { name, position, range, title }: PanelOptions) => {
  const [low, high] = range
  const { bars, groups, height } = layOut(rows)
  const values = bars.map(({ row, y }) => ({
    y,
    top: y - barHeight(row) / 2,
    bottom: y + barHeight(row) / 2,
    from: 0,
    effect: row.effect,
    low: Math.max(low, row.low),
    high: Math.min(high, row.high),
    name: wordOf(row, rows),
    value: formatDifference(row.effect),
    color: colors[row.component],
    weight: row.component === "gap" ? "bold" : "normal",
    description: `${name}, KL ${row.kl} nats, ${row.component}: ${formatDifference(row.effect)} (${formatDifference(row.low)} to ${formatDifference(row.high)})`,
  }))
  const x = {
    type: "quantitative" as const,
    title,
    scale: { domain: [low, high], nice: false, zero: false },
    axis: { grid: true, tickCount: 5, labelFlush: false, labelExpr: "datum.value == 0 ? '0' : format(datum.value, '+~g')" },
  }
  const y = { type: "quantitative" as const, axis: null, scale: { domain: [height, 0], nice: false, zero: false } }
  const at = { ...y, field: "y" }
  const text = (from: ReadonlyArray<object>, field: string, place: number, style: object = {}) => ({
    data: { values: [...from] },
    mark: { type: "text" as const, aria: false, baseline: "middle" as const, fontSize: labelSize, color: "#111", ...style },
    encoding: { x: { value: place }, y: at, text: { field, type: "nominal" as const } },
  })
  const layer = <L>(what: string, content: L) => ({ name: `panel_${position}_${what}`, ...content })
  const [components, gaps] = [values.filter(({ weight }) => weight === "normal"), values.filter(({ weight }) => weight === "bold")]
  const right = { align: "right" as const }
  const left = { align: "left" as const }
  return {
    width,
    height,
    title: { text: name, anchor: "start" as const, frame: "group" as const, fontSize: 11, offset: 6, dx: -labelWidth },
    layer: [
      layer("bars", {
        data: { values },
        mark: { type: "rect" as const },
        encoding: {
          x: { ...x, field: "from" },
          x2: { field: "effect" },
          y: { ...y, field: "top" },
          y2: { field: "bottom" },
          color: { field: "color", type: "nominal" as const, scale: null, legend: null },
          description: { field: "description", type: "nominal" as const },
        },
      }),
      layer("zero", {
        data: { values: [{}] },
        mark: { type: "rule" as const, aria: false, color: "#333", strokeWidth: 1 },
        encoding: { x: { ...x, datum: 0 } },
      }),
      layer("intervals", {
        data: { values },
        mark: { type: "rule" as const, aria: false, color: "#111", strokeWidth: 1.3 },
        encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y: at },
      }),
      layer("names", text(components, "name", -8, right)),
      layer("gap_names", text(gaps, "name", -8, { ...right, fontWeight: "bold" })),
      layer("values", text(components, "value", width + 8, left)),
      layer("gap_values", text(gaps, "value", width + 8, { ...left, fontWeight: "bold" })),
      layer("groups", text(groups, "text", -labelWidth, { ...left, color: "#444" })),
    ],
  }
}

/** Of parts, less than of what they are part of. */
const barHeight = ({ component }: DecompositionRow): number => (component === "order" || component === "coverage" ? 7 : 11)

/** Light enough for the black lines of intervals. */
const colors = {
  sampling: "#5b95cf",
  order: "#b5d3ee",
  coverage: "#b5d3ee",
  labels: "#eba55f",
  interaction: "#d0d0d0",
  gap: "#8c8c8c",
} as const

/** Places bars one below the other, pixels from the top, under the KL of their group. */
const layOut = (rows: ReadonlyArray<DecompositionRow>) => {
  const kls = [...new Set(rows.map(({ kl }) => kl))].sort((a, b) => a - b)
  let reached = 0
  const bars: Array<{ readonly row: DecompositionRow; readonly y: number }> = []
  const groups: Array<{ readonly y: number; readonly text: string }> = []
  for (const kl of kls) {
    groups.push({ y: reached + 9, text: `at ${kl} nat${kl === 1 ? "" : "s"}` })
    reached += groupGap
    for (const component of Object.keys(colors)) {
      const row = rows.find((each) => each.kl === kl && each.component === component)
      if (row === undefined) continue
      bars.push({ row, y: reached + barStep / 2 - 2 })
      reached += barStep
    }
    reached += 4
  }
  return { bars, groups, height: reached }
}

const captionOf = (rows: ReadonlyArray<DecompositionRow>, { caption = "" }: DecompositionOptions): string => {
  const worlds = rows.flatMap((row) => row.worlds ?? [])
  const over = worlds.length === 0 ? "" : ` over ${formatCounts(worlds, "world")}`
  return `Lines: 95 % intervals${over}. Components add up to the gap. ${caption}`.trim()
}
