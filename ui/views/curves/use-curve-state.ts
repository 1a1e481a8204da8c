/** What is chosen on the page, all of it in the address. */

import { useMemo } from "react"
import { setParams, useParam } from "../../address/use-param.ts"
import type { Domain } from "../../chart/scale.ts"
import { curveParams } from "./address.ts"

export const useCurveState = () => {
  const [metric, setMetric] = useParam("metric", curveParams.metric)
  const [x, setX] = useParam("x", curveParams.x)
  const [spread, setSpread] = useParam("spread", curveParams.spread)
  const [smooth, setSmooth] = useParam("smooth", curveParams.smooth)
  const [isLogX, setLogX] = useParam("logX", curveParams.logX)
  const [isLogY, setLogY] = useParam("logY", curveParams.logY)
  const [color, setColor] = useParam("color", curveParams.color)
  const [show, setShow] = useParam("show", curveParams.show)
  const [runs, setRuns] = useParam("runs", curveParams.runs)
  const [from] = useParam("from", curveParams.from)
  const [to] = useParam("to", curveParams.to)
  const zoom = useMemo((): Domain | null => (from === null || to === null ? null : [from, to]), [from, to])
  return {
    metric,
    setMetric,
    x,
    /** What was zoomed to means nothing on another axis. */
    setX: (next: string) => {
      setX(next)
      setZoom(null)
    },
    spread,
    setSpread,
    smooth: Math.min(longestMemory, Math.max(0, smooth ?? 0)),
    setSmooth,
    isLogX,
    setLogX,
    isLogY,
    setLogY,
    color,
    setColor,
    show,
    setShow,
    runs,
    setRuns,
    zoom,
    setZoom,
  }
}

/** The largest weight of smoothing. */
export const longestMemory = 0.99

const setZoom = (zoom: Domain | null): void => {
  const [from, to] = zoom ?? [null, null]
  setParams({ from: curveParams.from.write(roundEnd(from)), to: curveParams.to.write(roundEnd(to)) })
}

/** To less than a pixel. */
const roundEnd = (end: number | null): number | null => (end === null ? null : Number(end.toPrecision(6)))

export type CurveState = ReturnType<typeof useCurveState>
