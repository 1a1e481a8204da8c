import type { TopLevelSpec } from "vega-lite"
import type { MarkRow } from "../../../data/schema/index.ts"
import { StageError } from "../../../dsl/stage-error.ts"
import { armScales, keyOf } from "./arm-key.ts"
import { formatCounts } from "./number-words.ts"
import { characterWidth, renderSvg } from "./render.ts"
import { figureConfig, labelSize, titleOf } from "./style.ts"

export interface PanelsOptions {
  readonly title: string
  readonly caption: string
  /** What intervals are over, beside seeds. */
  readonly over: "prompts" | "pairs"
  readonly xTitle: string
  /** How x is laid out: one place per value, in order; logarithmically; or linearly. */
  readonly xScale: "discrete" | "log" | "linear"
  /** Whether marks of a line are joined. */
  readonly joined: boolean
  /** Panels of differences: they have a line at 0. */
  readonly isDifference?: (panel: string) => boolean
}

const size = { width: 300, height: 210 }
const gap = 26

/**
 * Draws one panel per quantity, two in a row, as an SVG document; lines with their intervals are
 * told apart by shape, dashes and lightness. Marks of several lines at one place of a discrete axis
 * stand beside each other. Throws a StageError `NoPoints` or `NotFinite`.
 */
export const panelsFigure = async (marks: ReadonlyArray<MarkRow>, options: PanelsOptions): Promise<string> => {
  if (marks.length === 0) throw new StageError("NoPoints", "the figure expects at least one mark, got none: no arm has what it shows")
  for (const { panel, line, x, y, y_low, y_high } of marks) {
    if (![x, y, y_low, y_high].every(Number.isFinite))
      throw new StageError("NotFinite", `${panel}, ${line} at ${x}: the value should be finite with its bounds, got ${y}`, { panel, line })
  }
  return renderSvg(specification(marks, options))
}

const specification = (marks: ReadonlyArray<MarkRow>, options: PanelsOptions): TopLevelSpec => {
  const { title, caption, over, xTitle, xScale, joined, isDifference = () => false } = options
  const lines = [...new Set(marks.map(({ line }) => line))]
  const names = [...new Set(marks.map(({ panel }) => panel))]
  const columns = Math.min(2, names.length)
  const total = columns * size.width + (columns - 1) * (gap + 40)
  const seeds = marks.map((mark) => mark.seeds)
  const bars = `Bars: 95 % intervals over ${over}${Math.max(...seeds) > 1 ? ` and ${formatCounts(seeds, "seed")}` : ", of one seed"}.`
  const places = [...new Map([...marks].sort((a, b) => a.x - b.x).map(({ x, x_label }) => [x, x_label]))]
  const widest = Math.max(...places.map(([, label]) => label.length)) * characterWidth * labelSize
  // Labels that would overlap are slanted; every place has one.
  const slant = widest > size.width / places.length ? { labelAngle: -35, labelAlign: "right" as const } : {}
  const shift = (line: string) => (xScale === "discrete" ? 0.16 * (lines.indexOf(line) - (lines.length - 1) / 2) : 0)
  const panels = names.map((name, position) => {
    const rows = marks.filter(({ panel }) => panel === name)
    const values = rows.map((mark) => ({
      ...mark,
      arm: mark.line,
      at: mark.x + shift(mark.line),
      description: `${mark.line}, ${xTitle} ${mark.x_label}: ${name} ${mark.y.toFixed(3)} (${mark.y_low.toFixed(3)} to ${mark.y_high.toFixed(3)})`,
    }))
    const labels = places.map(([, label], index) => `datum.value == ${index} ? ${JSON.stringify(label)} : `).join("")
    const x =
      xScale === "discrete"
        ? {
            scale: { domain: [-0.5, places.length - 0.5], nice: false },
            axis: { values: places.map((_, index) => index), labelExpr: `${labels}''`, labelOverlap: false, ...slant, grid: false },
          }
        : {
            scale: xScale === "log" ? { type: "log" as const, nice: false, padding: 12 } : { zero: false },
            // Steps in SI notation (1.2k), which would turn a fraction of 0.55 into 550m.
            axis: { grid: true, tickCount: 5, format: xScale === "log" ? "~s" : "~f" },
          }
    return {
      ...size,
      title: { text: name, anchor: "start" as const, fontSize: 11, fontWeight: "normal" as const, offset: 6 },
      data: { values },
      layer: layersOf(position, { field: "at", type: "quantitative", title: xTitle, ...x }, extent(rows, isDifference(name)), {
        lines,
        joined,
        hasZero: isDifference(name),
      }),
    }
  })
  const rows = Array.from({ length: Math.ceil(panels.length / columns) }, (_, row) => ({
    hconcat: panels.slice(row * columns, (row + 1) * columns),
    spacing: gap,
  }))
  return {
    background: "white",
    padding: 10,
    title: titleOf(title, `${bars} ${caption}`.trim(), total),
    spacing: 14,
    vconcat: [keyOf(lines, total), ...rows],
    config: figureConfig,
  }
}

/**
 * The range of a panel: its values and, as far as they are not much wider, its intervals; of
 * differences also 0.
 */
const extent = (rows: ReadonlyArray<MarkRow>, isDifference: boolean): [number, number] => {
  const ys = [...rows.map(({ y }) => y), ...(isDifference ? [0] : [])]
  const [lowest, highest] = [Math.min(...ys), Math.max(...ys)]
  const room = Math.max(highest - lowest, 0.05)
  const low = Math.min(lowest, Math.max(lowest - room, Math.min(...rows.map(({ y_low }) => y_low))))
  const high = Math.max(highest, Math.min(highest + room, Math.max(...rows.map(({ y_high }) => y_high))))
  const margin = 0.04 * (high - low || 1)
  return [low - margin, high + margin]
}

interface LayerOptions {
  readonly lines: ReadonlyArray<string>
  readonly joined: boolean
  /** Whether there is a line at 0. */
  readonly hasZero: boolean
}

const layersOf = (panel: number, x: object, domain: [number, number], { lines, joined, hasZero }: LayerOptions) => {
  const { color, shape, dash } = armScales(lines)
  const y = {
    type: "quantitative" as const,
    title: null,
    scale: { domain, nice: false, zero: false },
    axis: { tickCount: 6, grid: true },
  }
  const [low, high] = domain
  const cut = [
    { calculate: `max(datum.y_low, ${low})`, as: "from" },
    { calculate: `min(datum.y_high, ${high})`, as: "to" },
  ]
  const at = { x, y: { ...y, field: "y" } }
  const path = { mark: { type: "line" as const, aria: false, strokeWidth: 1.6 }, encoding: { ...at, color, strokeDash: dash } }
  const zero = {
    name: `panel_${panel}_zero`,
    data: { values: [{ zero: 0 }] },
    mark: { type: "rule" as const, color: "#333", aria: false },
    encoding: { y: { ...y, field: "zero" } },
  }
  return [
    ...(hasZero ? [zero] : []),
    {
      name: `panel_${panel}_intervals`,
      transform: cut,
      mark: { type: "rule" as const, strokeWidth: 1, aria: false },
      encoding: { x, y: { ...y, field: "from" }, y2: { field: "to" }, color },
    },
    ...(joined ? [{ name: `panel_${panel}_lines`, ...path }] : []),
    {
      name: `panel_${panel}_marks`,
      mark: { type: "point" as const, filled: true, size: 50, opacity: 1, stroke: "white", strokeWidth: 0.6 },
      encoding: { ...at, fill: color, shape, description: { field: "description", type: "nominal" as const } },
    },
  ]
}
