/**
 * What lies above the plot and takes pointer and keys: a movement reads the values at an x, a drag
 * zooms. To keys and to readers of the screen it is a slider along x.
 */

import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react"
import type { Plot } from "../../chart/chart.tsx"
import { type Domain, pixelOf, type Scale, valueAt, zoomDomain } from "../../chart/scale.ts"
import { lineStyle } from "../../chart/style.ts"
import { formatNumber } from "../../text/format.ts"
import { visibleText } from "../../text/visible.ts"
import { useIsDark } from "../../theme/use-theme.ts"
import type { DrawnLine } from "./drawn.ts"
import { nextPoint, type Reading, snapTo } from "./readout.ts"

export interface SurfaceProps {
  readonly plot: Plot
  readonly x: Scale
  readonly y: Scale
  readonly xName: string
  readonly lines: ReadonlyArray<DrawnLine>
  /** Where values are read; null where they are not. */
  readonly at: number | null
  readonly readings: ReadonlyMap<string, Reading>
  readonly onAt: (at: number | null) => void
  readonly onZoom: (domain: Domain | null) => void
}

/** A shorter drag was a click. */
const shortestDrag = 5

/** A share of the axis that Page Up and Page Down move by. */
const pageShare = 0.1

const zoomFactor = 1.6

export const Surface = ({ plot, x, y, xName, lines, at, readings, onAt, onZoom }: SurfaceProps) => {
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number } | null>(null)
  const frame = useRef<number | undefined>(undefined)
  const pixelIn = (event: PointerEvent<HTMLElement>): number => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left
    return Math.min(plot.width, Math.max(0, left))
  }
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const pixel = pixelIn(event)
    setDrag({ from: pixel, to: pixel })
  }
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const pixel = pixelIn(event)
    if (drag !== null) setDrag({ ...drag, to: pixel })
    if (frame.current !== undefined) return
    frame.current = requestAnimationFrame(() => {
      frame.current = undefined
      onAt(snapTo(lines, valueAt(x, pixel)))
    })
  }
  const onPointerUp = () => {
    if (drag === null) return
    setDrag(null)
    const [start, end] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)]
    if (end - start >= shortestDrag) onZoom([valueAt(x, start), valueAt(x, end)])
  }
  const onPointerLeave = () => {
    if (frame.current !== undefined) cancelAnimationFrame(frame.current)
    frame.current = undefined
    if (drag === null) onAt(null)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const [low, high] = x.domain
    const here = at ?? high
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => onAt(nextPoint(lines, here, -1, x.domain)),
      ArrowRight: () => onAt(nextPoint(lines, here, 1, x.domain)),
      PageUp: () => onAt(snapTo(lines, valueAt(x, Math.min(plot.width, pixelOf(x, here) + pageShare * plot.width)))),
      PageDown: () => onAt(snapTo(lines, valueAt(x, Math.max(0, pixelOf(x, here) - pageShare * plot.width)))),
      Home: () => onAt(snapTo(lines, low)),
      End: () => onAt(snapTo(lines, high)),
      Escape: () => onAt(null),
      "+": () => onZoom(zoomDomain(x, here, zoomFactor)),
      "=": () => onZoom(zoomDomain(x, here, zoomFactor)),
      "-": () => onZoom(zoomDomain(x, here, 1 / zoomFactor)),
      "0": () => onZoom(null),
    }
    const move = moves[event.key]
    if (move === undefined) return
    event.preventDefault()
    move()
  }
  return (
    <>
      <Crosshair plot={plot} x={x} y={y} at={at} readings={readings} drag={drag} />
      <div
        className="chart-surface"
        style={{ left: plot.left, top: plot.top, width: plot.width, height: plot.height }}
        role="slider"
        tabIndex={0}
        aria-label={`${xName} at which values are read`}
        aria-orientation="horizontal"
        aria-valuemin={x.domain[0]}
        aria-valuemax={x.domain[1]}
        aria-valuenow={at ?? x.domain[1]}
        aria-valuetext={describe(xName, at, readings)}
        aria-keyshortcuts="+ - 0"
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setDrag(null)}
        onPointerLeave={onPointerLeave}
        onDoubleClick={() => onZoom(null)}
        onKeyDown={onKeyDown}
      />
    </>
  )
}

/** More lines than that are not listened to. */
const mostSpoken = 6

const describe = (xName: string, at: number | null, readings: ReadonlyMap<string, Reading>): string => {
  if (at === null) return "nowhere"
  const spoken = [...readings.values()].slice(0, mostSpoken).map(({ line, y }) => `${line.label} ${formatNumber(y)}`)
  const more = readings.size > mostSpoken ? `, and ${readings.size - mostSpoken} more in the legend` : ""
  return visibleText(`${xName} ${formatNumber(at)}: ${spoken.length === 0 ? "no values" : spoken.join(", ")}${more}`)
}

type CrosshairProps = Pick<SurfaceProps, "plot" | "x" | "y" | "at" | "readings"> & {
  readonly drag: { readonly from: number; readonly to: number } | null
}

const Crosshair = ({ plot, x, y, at, readings, drag }: CrosshairProps) => {
  const isDark = useIsDark()
  const left = at === null ? null : pixelOf(x, at)
  return (
    <svg className="chart-overlay" aria-hidden="true" focusable="false">
      <g transform={`translate(${plot.left} ${plot.top})`}>
        {drag === null ? null : (
          <rect className="chart-drag" x={Math.min(drag.from, drag.to)} y={0} width={Math.abs(drag.to - drag.from)} height={plot.height} />
        )}
        {left === null || left < 0 || left > plot.width ? null : <path className="chart-crosshair" d={`M${left} 0V${plot.height}`} />}
        {at === null
          ? null
          : [...readings.values()].map((reading) => {
              const [cx, cy] = [pixelOf(x, reading.x), pixelOf(y, reading.y)]
              const isInside = cx >= 0 && cx <= plot.width && cy >= 0 && cy <= plot.height
              if (!isInside) return null
              return (
                <circle
                  key={reading.line.key}
                  className="chart-dot"
                  cx={cx}
                  cy={cy}
                  r={3.5}
                  fill={lineStyle(reading.line.position, isDark).color}
                />
              )
            })}
      </g>
    </svg>
  )
}
