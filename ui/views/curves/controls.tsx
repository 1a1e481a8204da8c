/** What is drawn, and how. */

import { useEffect, useId, useState } from "react"
import { Select } from "../../elements/select.tsx"
import { visibleText } from "../../text/visible.ts"
import { type CurveState, longestMemory } from "./use-curve-state.ts"

interface Props {
  readonly state: CurveState
  readonly metric: string
  readonly metrics: ReadonlyArray<{ readonly name: string; readonly count: number }>
  readonly x: string
  readonly xs: ReadonlyArray<string>
  readonly colors: ReadonlyArray<{ readonly value: string; readonly label: string }>
  readonly color: string
  /** What is drawn while the slider moves. */
  readonly onSmooth: (weight: number) => void
}

export const Controls = ({ state, metric, metrics, x, xs, colors, color, onSmooth }: Props) => (
  <div className="curve-controls">
    <Select
      label="Metric"
      value={metric}
      options={metrics.map(({ name, count }) => ({ value: name, label: visibleText(`${name} (${count})`) }))}
      onChange={state.setMetric}
    />
    <Select label="Over" value={x} options={xs.map((name) => ({ value: name, label: visibleText(name) }))} onChange={state.setX} />
    <Select
      label="Seeds"
      value={state.spread}
      options={[
        { value: "range", label: "mean, min to max" },
        { value: "error", label: "mean ± standard error" },
        { value: "seeds", label: "single lines" },
      ]}
      onChange={state.setSpread}
    />
    <Select
      label="Colour by"
      value={color}
      options={colors.map(({ value, label }) => ({ value, label: visibleText(label) }))}
      onChange={state.setColor}
    />
    <Smoothing weight={state.smooth} onDraw={onSmooth} onSet={state.setSmooth} />
    <span className="row-of">
      <Toggle label="Log x" isOn={state.isLogX} onChange={state.setLogX} />
      <Toggle label="Log y" isOn={state.isLogY} onChange={state.setLogY} />
      <button type="button" className="button" disabled={state.zoom === null} onClick={() => state.setZoom(null)}>
        Reset zoom
      </button>
    </span>
  </div>
)

const Toggle = ({
  label,
  isOn,
  onChange,
}: {
  readonly label: string
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}) => (
  <button type="button" className="button" aria-pressed={isOn} onClick={() => onChange(!isOn)}>
    {label}
  </button>
)

/** Browsers limit how often an address may change: it is written when the slider rests. */
const restMs = 250

const Smoothing = ({
  weight,
  onDraw,
  onSet,
}: {
  readonly weight: number
  readonly onDraw: (weight: number) => void
  readonly onSet: (weight: number) => void
}) => {
  const id = useId()
  const [moved, setMoved] = useState<number | null>(null)
  useEffect(() => {
    if (moved === null) return
    const timer = window.setTimeout(() => {
      onSet(moved)
      setMoved(null)
    }, restMs)
    return () => window.clearTimeout(timer)
  }, [moved, onSet])
  const shown = moved ?? weight
  return (
    <span className="field">
      <label className="field-label" htmlFor={id}>
        Smoothing
      </label>
      <input
        id={id}
        type="range"
        className="curve-smoothing"
        min={0}
        max={longestMemory}
        step={0.01}
        value={shown}
        onChange={(event) => {
          const next = Number(event.target.value)
          setMoved(next)
          onDraw(next)
        }}
      />
      <output className="number curve-smoothing-value" htmlFor={id}>
        {shown.toFixed(2)}
      </output>
    </span>
  )
}
