/**
 * What lies above the plot and takes the pointer: it names the mark that is nearest, and a click
 * selects it. Keys have the list of marks for the same.
 */

import { type MouseEvent, useState } from "react"
import type { Plot } from "../../chart/chart.tsx"
import { pixelOf, type Scale } from "../../chart/scale.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { formatNumber } from "../../text/format.ts"
import { type DrawnMark, formatInterval, nameMark } from "./marks.ts"
import { nearestMark } from "./nearest.ts"
import { type OraclePoint, oracleAt } from "./oracle.ts"

interface Props {
  readonly plot: Plot
  readonly x: Scale
  readonly y: Scale
  readonly drawn: ReadonlyArray<DrawnMark>
  readonly oracle: ReadonlyArray<OraclePoint>
  readonly selected: DrawnMark | null
  readonly onSelect: (row: number) => void
}

export const Surface = ({ plot, x, y, drawn, oracle, selected, onSelect }: Props) => {
  const [pointed, setPointed] = useState<DrawnMark | null>(null)
  const find = (event: MouseEvent<HTMLElement>): DrawnMark | null => {
    const { left, top } = event.currentTarget.getBoundingClientRect()
    return nearestMark(drawn, { x, y }, { x: event.clientX - left, y: event.clientY - top })
  }
  const place = ({ mark }: DrawnMark) => ({ left: pixelOf(x, mark.kl), top: pixelOf(y, mark.winRate) })
  return (
    <>
      <svg className="chart-overlay" aria-hidden="true" focusable="false">
        <g transform={`translate(${plot.left} ${plot.top})`}>
          {selected === null ? null : <Ring {...place(selected)} className="frontier-selected" />}
          {pointed === null ? null : <Ring {...place(pointed)} className="frontier-pointed" />}
        </g>
      </svg>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the list of marks has the keys */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the list of marks has the keys */}
      <div
        className={pointed === null ? "chart-surface" : "chart-surface frontier-on-mark"}
        style={{ left: plot.left, top: plot.top, width: plot.width, height: plot.height }}
        onPointerMove={(event) => setPointed(find(event))}
        onPointerLeave={() => setPointed(null)}
        onClick={(event) => {
          const mark = find(event)
          if (mark !== null) onSelect(mark.mark.row)
        }}
      />
      {pointed === null ? null : <Tip plot={plot} {...place(pointed)} pointed={pointed} oracle={oracle} />}
    </>
  )
}

const Ring = ({ left, top, className }: { readonly left: number; readonly top: number; readonly className: string }) => (
  <circle className={className} cx={left} cy={top} r={9} />
)

/** Pixels. */
const tipWidth = 240

interface TipProps {
  readonly plot: Plot
  readonly left: number
  readonly top: number
  readonly pointed: DrawnMark
  readonly oracle: ReadonlyArray<OraclePoint>
}

/** Beside the mark, on the side with more room. */
const Tip = ({ plot, left, top, pointed: { mark }, oracle }: TipProps) => {
  const isRight = left < plot.width / 2
  const best = oracleAt(oracle, mark.kl)
  const width = Math.min(tipWidth, plot.width)
  const beside = isRight ? left + 16 : left - 16 - width
  return (
    <div
      className="frontier-tip"
      aria-hidden="true"
      style={{
        width,
        left: plot.left + Math.min(plot.width - width, Math.max(0, beside)),
        ...(top < plot.height / 2 ? { top: plot.top + top + 8 } : { bottom: plot.height - top + 34 }),
      }}
    >
      <p className="frontier-tip-name">
        <ForeignText text={nameMark(mark)} />
      </p>
      <p>
        KL {formatNumber(mark.kl)} nats <span className="faint">({formatInterval(mark.klLow, mark.klHigh)})</span>
      </p>
      <p>
        Win rate {formatNumber(mark.winRate, 3)} <span className="faint">({formatInterval(mark.winLow, mark.winHigh)})</span>
      </p>
      {best === null ? null : <p>Oracle at this KL {formatNumber(best, 3)}</p>}
      {mark.efficiency === null ? null : <p>Efficiency {formatNumber(mark.efficiency, 3)}</p>}
    </div>
  )
}
