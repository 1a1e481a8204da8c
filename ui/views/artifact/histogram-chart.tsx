/** A histogram whose bars are buttons: each adds to the filter what holds of its rows. */

import { type KeyboardEvent, useRef, useState } from "react"
import type { GridColumn, Histogram } from "../../../serve/api.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { formatCount, formatShare, plural } from "../../text/format.ts"
import { visibleText } from "../../text/visible.ts"
import { type ChartBar, chartBars } from "./chart-bars.ts"
import { conditionsOf } from "./conditions.ts"

interface Props {
  readonly column: GridColumn
  readonly histogram: Histogram
  readonly onConditions: (conditions: ReadonlyArray<string>) => void
}

export const HistogramChart = ({ column, histogram, onConditions }: Props) => {
  const bars = chartBars(column, histogram)
  const choose = (bar: ChartBar) => onConditions(conditionsOf(column, histogram, bar.bar))
  const { nulls, nan, rows } = histogram
  return (
    <>
      {histogram.kind === "values" && column.kind !== "number" ? (
        <Values bars={bars} rows={rows} onChoose={choose} distinct={histogram.distinct} others={histogram.others} />
      ) : (
        <Bars bars={bars} rows={rows} label={column.name} onChoose={choose} />
      )}
      {nulls > 0 || nan > 0 || (histogram.kind === "numbers" && histogram.infinite > 0) ? (
        <p className="row-of faint">
          {nulls > 0 ? (
            <button type="button" className="text-button" onClick={() => onConditions(conditionsOf(column, histogram, { kind: "nulls" }))}>
              {formatCount(nulls)} null
            </button>
          ) : null}
          {nan > 0 ? <span>{formatCount(nan)} NaN</span> : null}
          {histogram.kind === "numbers" && histogram.infinite > 0 ? <span>{formatCount(histogram.infinite)} infinite</span> : null}
        </p>
      ) : null}
    </>
  )
}

interface BarsProps {
  readonly bars: ReadonlyArray<ChartBar>
  readonly rows: number
  readonly label: string
  readonly onChoose: (bar: ChartBar) => void
}

const height = 40

/** Upright bars. One of them is a stop of the Tab key, from which arrow keys reach the others. */
const Bars = ({ bars, rows, label, onChoose }: BarsProps) => {
  const [shown, setShown] = useState<number | null>(null)
  const [stop, setStop] = useState(0)
  const svg = useRef<SVGSVGElement>(null)
  const most = Math.max(1, ...bars.map(({ count }) => count))
  const active = Math.min(stop, bars.length - 1)
  const [first, last] = [bars[0], bars.at(-1)]
  const pointed = shown === null ? undefined : bars[shown]
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowLeft: active - 1, ArrowRight: active + 1, Home: 0, End: bars.length - 1 }[event.key]
    if (to !== undefined) {
      event.preventDefault()
      const next = Math.min(bars.length - 1, Math.max(0, to))
      setStop(next)
      svg.current?.querySelector<SVGElement>(`[data-bar="${next}"]`)?.focus()
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault()
      const bar = bars[active]
      if (bar !== undefined) onChoose(bar)
    }
  }
  return (
    <div className="histogram">
      <svg
        ref={svg}
        className="histogram-bars"
        viewBox={`0 0 ${Math.max(1, bars.length)} ${height}`}
        preserveAspectRatio="none"
        role="group"
        aria-label={`Histogram of ${visibleText(label)}`}
        onKeyDown={onKeyDown}
        onPointerLeave={() => setShown(null)}
      >
        {bars.map((bar, index) => (
          <g
            key={bar.key}
            data-bar={index}
            className="histogram-bar"
            role="button"
            tabIndex={index === active ? 0 : -1}
            aria-label={`${visibleText(bar.label)}: ${plural(bar.count, "row")}. Filter by it`}
            onClick={() => onChoose(bar)}
            onPointerEnter={() => setShown(index)}
            onFocus={() => {
              setStop(index)
              setShown(index)
            }}
            onBlur={() => setShown(null)}
          >
            <rect className="histogram-hit" x={index} y={0} width={1} height={height} />
            <rect className="histogram-fill" {...placeOf(bar.count, most, index)} />
          </g>
        ))}
      </svg>
      <p className="histogram-foot faint">
        {pointed !== undefined ? (
          <>
            <span className="clip">
              <ForeignText text={pointed.label} />
            </span>
            <span className="number">
              {formatCount(pointed.count)} · {formatShare(pointed.count / Math.max(1, rows))}
            </span>
          </>
        ) : (
          <>
            <span className="clip">{first?.from ?? ""}</span>
            <span className="clip">{last === undefined || bars.length === 1 ? "" : last.to}</span>
          </>
        )}
      </p>
    </div>
  )
}

/** A bar of a single row among a million still has a height that is seen. */
const placeOf = (count: number, most: number, index: number) => {
  const size = count === 0 ? 0 : Math.max(1.5, (count / most) * height)
  return { x: index + 0.06, y: height - size, width: 0.88, height: size }
}

interface ValuesProps {
  readonly bars: ReadonlyArray<ChartBar>
  readonly rows: number
  readonly distinct: number
  readonly others: number
  readonly onChoose: (bar: ChartBar) => void
}

const fewValues = 5

/** Values by name, each with a bar behind it. */
const Values = ({ bars, rows, distinct, others, onChoose }: ValuesProps) => {
  const [isOpen, setOpen] = useState(false)
  const shown = isOpen ? bars : bars.slice(0, fewValues)
  const most = Math.max(1, ...bars.map(({ count }) => count))
  return (
    <div className="histogram-values">
      {shown.map((bar) => (
        <button
          key={bar.key}
          type="button"
          className="histogram-value"
          disabled={!bar.isWhole}
          title={`${visibleText(bar.label)}: ${plural(bar.count, "row")}`}
          onClick={() => onChoose(bar)}
        >
          <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
            <rect className="histogram-fill" width={(bar.count / most) * 100} height={1} />
          </svg>
          <span className="clip">{bar.label === "" ? <span className="faint">empty</span> : <ForeignText text={bar.label} />}</span>
          <span className="number faint">
            {formatCount(bar.count)} · {formatShare(bar.count / Math.max(1, rows))}
          </span>
        </button>
      ))}
      {bars.length > fewValues || others > 0 ? (
        <p className="row-of faint">
          {bars.length > fewValues ? (
            <button type="button" className="text-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {isOpen ? "Fewer" : `${bars.length - fewValues} more`}
            </button>
          ) : null}
          <span>
            {plural(distinct, "value")}
            {others > 0 ? `, ${plural(others, "row")} of others` : ""}
          </span>
        </p>
      ) : null}
    </div>
  )
}
