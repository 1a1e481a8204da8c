/**
 * A chart as wide as what it stands in, and as high as its style says before anything is drawn.
 * Vega draws the plot with its axes; what follows the pointer or can be reached by keys is drawn
 * above it by the page, which knows from the plot's size where each value stands.
 */

import { lazy, type ReactNode, Suspense, useMemo, useRef } from "react"
import type { Spec } from "vega"
import { ForeignText } from "../elements/foreign-text.tsx"
import type { DataSets } from "./drawing.ts"
import { plotPadding } from "./theme.ts"
import { type Size, useSize } from "./use-size.ts"

/** With Vega in it, the largest part of the page that is loaded only when needed. */
const Canvas = lazy(() => import("./canvas.tsx"))

/** Where the plot is in the chart: pixels from its left and top edges, and its size. */
export interface Plot extends Size {
  readonly left: number
  readonly top: number
}

export interface ChartProps {
  /** The same object as long as it is the same specification; it draws no titles. */
  readonly specification: Spec
  /** Rows of the specification's data sets: only those that were not there before are added. */
  readonly data: DataSets
  readonly signals: Readonly<Record<string, unknown>>
  /** What the axes are of. */
  readonly xTitle: string
  readonly yTitle: string
  /** What stands above the plot. */
  readonly children?: (plot: Plot) => ReactNode
}

export const Chart = ({ specification, data, signals, xTitle, yTitle, children }: ChartProps) => {
  const frame = useRef<HTMLDivElement>(null)
  const size = useSize(frame)
  const plot = useMemo(() => (size === null ? null : plotIn(size)), [size])
  return (
    <div className="chart">
      <p className="chart-title">
        <ForeignText text={yTitle} />
      </p>
      <div ref={frame} className="chart-frame">
        {plot === null ? null : (
          <>
            <Suspense fallback={null}>
              <Canvas specification={specification} width={plot.width} height={plot.height} data={data} signals={signals} />
            </Suspense>
            {children?.(plot)}
          </>
        )}
      </div>
      <p className="chart-title end">
        <ForeignText text={xTitle} />
      </p>
    </div>
  )
}

const plotIn = ({ width, height }: Size): Plot => ({
  left: plotPadding.left,
  top: plotPadding.top,
  width: Math.max(1, width - plotPadding.left - plotPadding.right),
  height: Math.max(1, height - plotPadding.top - plotPadding.bottom),
})
