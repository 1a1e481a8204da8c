/** The canvas that Vega draws on: built again only for another specification, theme or screen. */

import { useEffect, useRef } from "react"
import type { Spec } from "vega"
import { useIsDark } from "../theme/use-theme.ts"
import { type Drawing, type DrawingState, openDrawing } from "./drawing.ts"
import { chartConfig, readChartTheme } from "./theme.ts"
import { usePixelRatio } from "./use-pixel-ratio.ts"

const Canvas = ({ specification, width, height, data, signals }: DrawingState & { readonly specification: Spec }) => {
  const host = useRef<HTMLDivElement>(null)
  const drawing = useRef<Drawing | null>(null)
  const isDark = useIsDark()
  const ratio = usePixelRatio()

  // biome-ignore lint/correctness/useExhaustiveDependencies: Vega reads both when it is opened
  useEffect(() => {
    if (host.current === null) return
    const opened = openDrawing(host.current, specification, chartConfig(readChartTheme()))
    drawing.current = opened
    return () => {
      drawing.current = null
      opened.close()
    }
  }, [specification, isDark, ratio])

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was just opened is empty
  useEffect(() => {
    drawing.current?.draw({ width, height, data, signals })
  }, [specification, isDark, ratio, width, height, data, signals])

  return <div ref={host} className="chart-canvas" aria-hidden="true" />
}

export default Canvas
