import type { TopLevelSpec } from "vega-lite"
import { StageError } from "../../../dsl/stage-error.ts"
import type { OracleLimit } from "../efficiency.ts"
import { interpolateOracle } from "../oracle.ts"
import { armScales, keyOf } from "./arm-key.ts"
import { renderSvg } from "./render.ts"
import { figureConfig, titleOf } from "./style.ts"

/**
 * One checkpoint of one run, or of all seeds of an arm together (`seed: null`). Bounds are those of
 * 95 % intervals.
 */
export interface FrontierPoint {
  readonly arm: string
  /** The opponent. */
  readonly against: string
  /** null where the arm has no β. */
  readonly beta: number | null
  readonly world?: string | null
  readonly seed: number | null
  readonly step: number
  /** Nats. */
  readonly kl: number
  readonly kl_low: number
  readonly kl_high: number
  /** In [0, 1]. */
  readonly win_rate: number
  readonly win_low: number
  readonly win_high: number
}

export interface FrontierOptions {
  readonly title: string
  /**
   * Follows what the caption always says: what marks and bars are, and how many seeds there are.
   */
  readonly caption?: string
  /** The highest win rates against an opponent, drawn as a grey line in its panels. */
  readonly oracle?: ReadonlyArray<OracleLimit>
}

/**
 * Draws win rate against KL to the reference as an SVG document: a mark for each checkpoint with
 * its intervals, the checkpoints of an arm joined in order of steps, arms told apart by shape,
 * dashes and lightness, a rule at ½; a row of panels for each opponent, and in it a panel for each
 * β if there are several. Where there is an oracle of the opponent, a grey line goes as far as the
 * checkpoints do: no policy is above it. Single seeds are drawn thin where their arm also has
 * points over all seeds. Arms come in order of first appearance. Throws a StageError `NoPoints` or
 * `NotFinite`.
 */
export const frontierFigure = async (points: ReadonlyArray<FrontierPoint>, options: FrontierOptions): Promise<string> => {
  if (points.length === 0)
    throw new StageError("NoPoints", "the figure expects at least one checkpoint, got none. Wire at least one evaluation.")
  for (const { arm, step, kl, kl_low, kl_high, win_rate, win_low, win_high } of points) {
    if (![kl, kl_low, kl_high, win_rate, win_low, win_high].every(Number.isFinite)) {
      throw new StageError(
        "NotFinite",
        `${arm}, step ${step}: KL and win rate should be finite with their bounds, got ${kl} and ${win_rate}`,
        {
          arm,
          step,
        },
      )
    }
  }
  return renderSvg(frontierSpecification(points, options))
}

const frontierSpecification = (
  points: ReadonlyArray<FrontierPoint>,
  { title, caption = "", oracle = [] }: FrontierOptions,
): TopLevelSpec => {
  const arms = [...new Set(points.map(({ arm }) => arm))]
  const betas = [...new Set(points.map(({ beta }) => beta))].sort((a, b) => (a ?? 0) - (b ?? 0))
  const size = betas.length === 1 ? { width: 440, height: 290 } : { width: Math.max(190, Math.round(640 / betas.length)), height: 220 }
  const total = betas.length * size.width + (betas.length - 1) * panelGap
  const opponents = [...new Set(points.map(({ against }) => against))]
  const [limits, ranges] = scopeOf(points, oracle)
  const panelOf = (against: string, beta: number | null, position: number) => ({
    ...size,
    ...(betas.length === 1
      ? {}
      : { title: { text: beta === null ? "no β" : `β = ${beta}`, anchor: "middle" as const, fontSize: 11, offset: 6 } }),
    data: {
      values: rowsOf(
        points.filter((point) => point.beta === beta && point.against === against),
        ranges,
      ),
    },
    // All panels have the same axes, so that they can be compared.
    layer: layersOf(position, arms, ranges, {
      xTitle: `KL to ${opponents.includes("sft") ? "SFT" : "the reference"} (nats)`,
      yTitle: position % betas.length === 0 ? `win rate against ${opponentNames.get(against) ?? against}` : null,
      oracle: limits.filter((point) => point.against === against),
    }),
  })
  const rows = opponents.map((against, row) => ({
    hconcat: betas.map((beta, column) => panelOf(against, beta, row * betas.length + column)),
    spacing: panelGap,
  }))
  return {
    background: "white",
    padding: 10,
    title: titleOf(title, `${captionOf(points, limits.length > 0)} ${caption}`.trim(), total),
    spacing: 10,
    vconcat: [keyOf(arms, total), ...rows],
    config: figureConfig,
  }
}

/** Usual opponents in words. */
const opponentNames: ReadonlyMap<string, string> = new Map([
  ["sft", "SFT"],
  ["golden", "the golden policy"],
])

/** Pixels. */
const panelGap = 24

/** Lighter than any arm, darker than the grid. */
const oracleGrey = "#b0b0b0"

/**
 * What is drawn: a point, its description for screen readers, the line it is on, and whether that
 * is a thin single seed.
 */
interface FrontierRow extends FrontierPoint {
  readonly description: string
  readonly line: string
  readonly thin: boolean
}

const rowsOf = (points: ReadonlyArray<FrontierPoint>, { kl, win }: Ranges): Array<FrontierRow> => {
  const armsOverSeeds = new Set(points.filter(({ seed }) => seed === null).map(({ arm }) => arm))
  return points.map((point) => ({
    ...point,
    // Cut here and not by a clip path: Vega numbers clip paths across figures, so bytes would
    // differ.
    kl_high: Math.min(point.kl_high, kl[1]),
    win_low: Math.max(point.win_low, win[0] / 10),
    win_high: Math.min(point.win_high, win[1] / 10),
    description: describe(point),
    line: JSON.stringify([point.arm, point.world ?? null, point.seed]),
    thin: point.seed !== null && armsOverSeeds.has(point.arm),
  }))
}

const describe = ({ arm, world = null, seed, step, kl, win_rate, win_low, win_high }: FrontierPoint): string =>
  `${arm}${world === null ? "" : `, world ${world}`}${seed === null ? "" : `, seed ${seed}`}, step ${step}: KL ${kl.toFixed(2)} nats, ` +
  `win rate ${win_rate.toFixed(3)} (${win_low.toFixed(3)} to ${win_high.toFixed(3)})`

interface Ranges {
  readonly kl: readonly [number, number]
  /** In tenths. */
  readonly win: readonly [number, number]
}

/** What the axes span: KL from 0, win rates in whole tenths around ½ and all intervals. */
const rangesOf = (points: ReadonlyArray<FrontierPoint>): Ranges => {
  const lowest = points.reduce((low, { win_rate, win_low }) => Math.min(low, Math.max(win_low, win_rate - 0.15)), 0.5)
  const highest = points.reduce((high, { win_rate, win_high }) => Math.max(high, Math.min(win_high, win_rate + 0.15)), 0.5)
  return {
    // Intervals from two or three seeds can be far wider than the curves; their ends are cut at the
    // frame.
    kl: [0, points.reduce((high, { kl, kl_high }) => Math.max(high, Math.min(kl_high, 1.3 * kl)), 0)],
    // A little more room than the intervals need, so that none ends on the frame.
    win: [Math.max(0, Math.floor(lowest * 10 - 0.2)), Math.min(10, Math.ceil(highest * 10 + 0.2))],
  }
}

/** The oracle as far as the axis of KL goes, from ½ at KL 0, and ranges that it is inside of. */
const scopeOf = (points: ReadonlyArray<FrontierPoint>, oracle: ReadonlyArray<OracleLimit>): readonly [Array<OracleLimit>, Ranges] => {
  const ranges = rangesOf(points)
  const end = ranges.kl[1]
  const limits = [...new Set(points.map(({ against }) => against))].flatMap((against) => {
    const line = oracle.filter((point) => point.against === against)
    const last = interpolateOracle(line, end)
    if (line.length === 0) return []
    const inside = line.filter(({ kl }) => kl < end)
    return [{ against, kl: 0, win_rate: 0.5 }, ...inside, ...(last === undefined ? [] : [{ against, kl: end, win_rate: last }])]
  })
  const highest = limits.reduce((high, { win_rate }) => Math.max(high, Math.min(10, Math.ceil(win_rate * 10 + 0.2))), ranges.win[1])
  return [limits, { kl: ranges.kl, win: [ranges.win[0], highest] }]
}

/**
 * A linear axis, unless one arm is so far ahead that the others would overlap: then logarithmic
 * from about 1 nat.
 */
const klAxis = (kl: Ranges["kl"]) =>
  kl[1] <= 60
    ? { scale: { domain: [...kl], nice: true }, axis: { tickCount: 6, labelFlush: false, grid: true } }
    : {
        scale: { type: "symlog" as const, constant: 1, domain: [...kl], nice: false },
        axis: { values: [0, 1, 3, 10, 30, 100, 300, 1000, 3000].filter((tick) => tick <= kl[1]), labelFlush: false, grid: true },
      }

interface PanelOptions {
  readonly xTitle: string
  readonly yTitle: string | null
  readonly oracle: Array<OracleLimit>
}

/** From back to front: the rule at ½, the oracle, single seeds, intervals, lines, marks. */
const layersOf = (panel: number, arms: ReadonlyArray<string>, { kl, win }: Ranges, { xTitle, yTitle, oracle }: PanelOptions) => {
  const { color, shape, dash } = armScales(arms)
  const quantitative = { type: "quantitative" as const }
  const x = { ...quantitative, title: xTitle, ...klAxis(kl) }
  const tenths = Array.from({ length: win[1] - win[0] + 1 }, (_, i) => (win[0] + i) / 10)
  const y = {
    ...quantitative,
    title: yTitle,
    scale: { domain: win.map((tenth) => tenth / 10), nice: false },
    axis: { values: tenths, format: ".1f", grid: true },
  }
  const at = { x: { ...x, field: "kl" }, y: { ...y, field: "win_rate" } }
  const path = {
    ...at,
    order: { ...quantitative, field: "step" },
    detail: { field: "line", type: "nominal" as const },
    color,
    strokeDash: dash,
  }
  const interval = { type: "rule" as const, strokeWidth: 0.9, aria: false }
  const line = { type: "line" as const, aria: false }
  const mark = { type: "point" as const, filled: true, opacity: 1 }
  const marks = { ...at, shape, description: { field: "description", type: "nominal" as const } }
  const thin = [{ filter: "datum.thin" }]
  const bold = [{ filter: "!datum.thin" }]
  // Named, so that they can be found when the SVG is edited.
  const layer = <L>(name: string, content: L) => ({ name: `panel_${panel}_${name}`, ...content })
  return [
    layer("half", { data: { values: [{}] }, mark: { ...interval, color: "#555", strokeWidth: 1 }, encoding: { y: { ...y, datum: 0.5 } } }),
    ...(oracle.length === 0
      ? []
      : [
          layer("oracle", {
            data: { values: oracle },
            mark: { ...line, color: oracleGrey, strokeWidth: 2.4 },
            encoding: at,
          }),
        ]),
    layer("seed_lines", { transform: thin, mark: { ...line, strokeWidth: 0.7, opacity: 0.6 }, encoding: path }),
    layer("seeds", { transform: thin, mark: { ...mark, size: 9, opacity: 0.6 }, encoding: { ...marks, color } }),
    layer("win_intervals", {
      transform: bold,
      mark: interval,
      encoding: { x: at.x, y: { ...y, field: "win_low" }, y2: { field: "win_high" }, color },
    }),
    layer("kl_intervals", {
      transform: bold,
      mark: interval,
      encoding: { x: { ...x, field: "kl_low" }, x2: { field: "kl_high" }, y: at.y, color },
    }),
    layer("lines", { transform: bold, mark: { ...line, strokeWidth: 1.7 }, encoding: path }),
    layer("checkpoints", {
      transform: bold,
      mark: { ...mark, size: 52, stroke: "white", strokeWidth: 0.6 },
      encoding: { ...marks, fill: color },
    }),
  ]
}

const captionOf = (points: ReadonlyArray<FrontierPoint>, hasOracle: boolean): string => {
  const both = points.some(({ seed }) => seed === null) && points.some(({ seed }) => seed !== null)
  const marks = both ? "Marks: checkpoints, all seeds together; thin lines: single seeds." : "Marks: checkpoints, joined in order of steps."
  const seeds = new Set(points.flatMap(({ seed }) => seed ?? [])).size
  const worlds = new Set(points.flatMap(({ world }) => world ?? [])).size
  const ofSeeds = seeds > 1 ? ` over prompts and ${seeds} seeds` : " over prompts, of one seed"
  const over = worlds > 1 ? ` over prompts and ${worlds} worlds` : ofSeeds
  const limit = hasOracle ? " Grey line: the highest win rate that any policy can have at this KL." : ""
  return `${marks} Bars: 95 % intervals${over}. Rule: as good as the opponent.${limit}`
}
