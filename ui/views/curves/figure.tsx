/** The chart of the curves, its legend, and its numbers. */

import { useMemo, useRef, useState } from "react"
import { Chart, type Plot } from "../../chart/chart.tsx"
import { NumberTable } from "../../chart/number-table.tsx"
import { type Domain, hasPlace, type Scale } from "../../chart/scale.ts"
import { lineStyle } from "../../chart/style.ts"
import { readChartTheme } from "../../chart/theme.ts"
import { formatNumber, plural } from "../../text/format.ts"
import { visibleText } from "../../text/visible.ts"
import { useIsDark } from "../../theme/use-theme.ts"
import { type AxisTypes, type CurveRows, countHidden, type DrawnLine, domainOfX, domainOfY, noRows, rowsOf } from "./drawn.ts"
import { Legend } from "./legend.tsx"
import type { LineGroup } from "./lines.ts"
import { columnsOf, gridOf } from "./numbers.ts"
import { type Reading, readAt, readEnds } from "./readout.ts"
import { curveSpecification } from "./specification.ts"
import { Surface } from "./surface.tsx"

interface Props {
  readonly groups: ReadonlyArray<LineGroup>
  readonly positions: ReadonlyMap<string, number>
  readonly shown: ReadonlySet<string>
  readonly lines: ReadonlyArray<DrawnLine>
  readonly metric: string
  readonly x: string
  readonly types: AxisTypes
  readonly zoom: Domain | null
  readonly isPending: boolean
  readonly onZoom: (zoom: Domain | null) => void
  readonly onShow: (keys: ReadonlyArray<string>) => void
}

export const Figure = ({ groups, positions, shown, lines, metric, x, types, zoom, isPending, onZoom, onShow }: Props) => {
  const [at, setAt] = useState<number | null>(null)
  const [focused, setFocused] = useState<string | null>(null)
  const { data, xDomain, yDomain, signals, specification } = useDrawing(lines, types, zoom, focused)
  const ends = useMemo(() => readEnds(lines), [lines])
  const readings = useMemo(() => (at === null ? ends : readAt(lines, at)), [lines, at, ends])
  const hidden = useMemo(() => countHidden(lines, types), [lines, types])
  const grid = useMemo(() => gridOf(lines), [lines])
  const columns = useMemo(() => columnsOf(lines, grid, x), [lines, grid, x])
  const scalesIn = (plot: Plot): { readonly x: Scale; readonly y: Scale } => ({
    x: { type: types.x, domain: xDomain, range: [0, plot.width] },
    y: { type: types.y, domain: yDomain, range: [plot.height, 0] },
  })
  return (
    <>
      <figure className="curve-figure" aria-label={visibleText(`${metric} over ${x}`)}>
        <div className="curve-plot">
          <Chart specification={specification} data={data} signals={signals} xTitle={x} yTitle={metric}>
            {(plot) => (
              <Surface
                plot={plot}
                {...scalesIn(plot)}
                xName={visibleText(x)}
                lines={lines}
                at={at}
                readings={readings}
                onAt={setAt}
                onZoom={(domain) => onZoom(domain?.every((end) => hasPlace(types.x, end)) ? domain : null)}
              />
            )}
          </Chart>
          <p className="curve-note faint" role="status">
            {isPending ? "Loading curves…" : lines.length === 0 ? "No line is shown: choose some in the legend." : noteOf(hidden)}
          </p>
        </div>
        <Legend
          lines={groups}
          positions={positions}
          shown={shown}
          readings={readings}
          heading={at === null ? "last values" : `at ${x} ${formatNumber(at)}`}
          onShow={onShow}
          onFocus={setFocused}
        />
        <figcaption className="unseen">{describe({ lines, ends, metric, x })}</figcaption>
      </figure>
      <NumberTable label={visibleText(`${metric} over ${x}`)} columns={columns} rows={grid.length} />
    </>
  )
}

const noteOf = (hidden: number): string =>
  hidden === 0 ? "" : `${plural(hidden, "point")} at or below 0 ${hidden === 1 ? "has" : "have"} no place on a logarithmic axis.`

/** What Vega is given; rows that were there before are the same objects. */
const useDrawing = (lines: ReadonlyArray<DrawnLine>, types: AxisTypes, zoom: Domain | null, focused: string | null) => {
  const isDark = useIsDark()
  const before = useRef<CurveRows>(noRows)
  const rows = useMemo(() => {
    const next = rowsOf(lines, types, before.current)
    before.current = next
    return next
  }, [lines, types])
  const data = useMemo(() => {
    const keys = new Set(lines.flatMap(({ key, group }) => (group === focused ? [key] : [])))
    return { ...rows, focused: rows.lines.filter(({ line }) => keys.has(line)) }
  }, [rows, lines, focused])
  const xDomain = useMemo(() => domainOfX(lines, types.x, zoom), [lines, types.x, zoom])
  const yDomain = useMemo(() => domainOfY(lines, types.y, xDomain), [lines, types.y, xDomain])
  const signals = useMemo(() => {
    const styles = lines.map(({ position }) => lineStyle(position, isDark))
    const bands = lines.filter(({ band }) => band !== null).length
    return {
      xDomain,
      yDomain,
      keys: lines.map(({ key }) => key),
      colors: styles.map(({ color }) => color),
      dashes: styles.map(({ dash }) => dash),
      // Many bands lie on each other.
      bandOpacity: bands <= 4 ? 0.16 : 0.07,
      paper: readChartTheme().paper,
    }
  }, [lines, isDark, xDomain, yDomain])
  const specification = useMemo(() => curveSpecification(types), [types])
  return { data, xDomain, yDomain, signals, specification }
}

/** Lines beyond these are in the table. */
const mostDescribed = 12

const describe = ({
  lines,
  ends,
  metric,
  x,
}: {
  readonly lines: ReadonlyArray<DrawnLine>
  readonly ends: ReadonlyMap<string, Reading>
  readonly metric: string
  readonly x: string
}): string => {
  const described = lines.slice(0, mostDescribed).map(({ key, label, y }) => {
    const first = y.find(Number.isFinite)
    const last = ends.get(key)
    return first === undefined || last === undefined
      ? `${label}: no values`
      : `${label}: from ${formatNumber(first)} to ${formatNumber(last.y)} at ${x} ${formatNumber(last.x)}`
  })
  const more = lines.length > mostDescribed ? ` ${plural(lines.length - mostDescribed, "more line")} are in the table of numbers.` : ""
  return visibleText(`${metric} over ${x}, ${plural(lines.length, "line")}. ${described.map((line) => `${line}.`).join(" ")}${more}`)
}
