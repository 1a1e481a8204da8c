/** The lines with their values where the pointer is, else at their ends; a click hides one. */

import { useMemo } from "react"
import { lineStyle } from "../../chart/style.ts"
import { Swatch } from "../../chart/swatch.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { formatNumber } from "../../text/format.ts"
import { useIsDark } from "../../theme/use-theme.ts"
import type { LineGroup } from "./lines.ts"
import type { Reading } from "./readout.ts"

interface Props {
  readonly lines: ReadonlyArray<LineGroup>
  readonly positions: ReadonlyMap<string, number>
  readonly shown: ReadonlySet<string>
  readonly readings: ReadonlyMap<string, Reading>
  /** Where the values are from. */
  readonly heading: string
  readonly onShow: (keys: ReadonlyArray<string>) => void
  /** The key of the entry that pointer or keys are on; null where they are on none. */
  readonly onFocus: (key: string | null) => void
}

export const Legend = ({ lines, positions, shown, readings, heading, onShow, onFocus }: Props) => {
  const byGroup = useMemo(() => groupReadings(readings), [readings])
  const toggle = (key: string) => onShow(lines.flatMap((line) => (shown.has(line.key) !== (line.key === key) ? [line.key] : [])))
  return (
    <section className="curve-legend" aria-label="Lines">
      <header className="curve-legend-head">
        <span className="faint number">
          {shown.size} of {lines.length}
        </span>
        <span className="row-of">
          <button type="button" className="button quiet" onClick={() => onShow(lines.map(({ key }) => key))}>
            All
          </button>
          <button type="button" className="button quiet" onClick={() => onShow([])}>
            None
          </button>
        </span>
        <span className="faint end curve-legend-at">
          <ForeignText text={heading} />
        </span>
      </header>
      <ul className="curve-legend-list">
        {lines.map((line) => (
          <Entry
            key={line.key}
            line={line}
            position={positions.get(line.key) ?? 0}
            isShown={shown.has(line.key)}
            summary={byGroup.get(line.key)}
            onToggle={toggle}
            onFocus={onFocus}
          />
        ))}
      </ul>
    </section>
  )
}

interface EntryProps {
  readonly line: LineGroup
  readonly position: number
  readonly isShown: boolean
  readonly summary: Summary | undefined
  readonly onToggle: (key: string) => void
  readonly onFocus: (key: string | null) => void
}

const Entry = ({ line, position, isShown, summary, onToggle, onFocus }: EntryProps) => {
  const style = lineStyle(position, useIsDark())
  return (
    <li className="curve-legend-entry" onPointerEnter={() => onFocus(line.key)} onPointerLeave={() => onFocus(null)}>
      <button
        type="button"
        className="curve-legend-button"
        aria-pressed={isShown}
        onFocus={() => onFocus(line.key)}
        onBlur={() => onFocus(null)}
        onClick={() => onToggle(line.key)}
      >
        <Swatch style={style} />
        <span>
          <ForeignText text={line.label} />
          {line.isLive ? <span className="tag">live</span> : null}
        </span>
      </button>
      <span className="end curve-legend-value">
        <span className="number">{summary === undefined ? "" : formatNumber(summary.y)}</span>
        <span className="faint">{summary === undefined ? "" : spreadOf(summary)}</span>
      </span>
    </li>
  )
}

const spreadOf = ({ low, high, count }: Summary): string => {
  if (low === null || high === null) return ""
  return count === 1 ? "one seed" : `${formatNumber(low, 3)} to ${formatNumber(high, 3)}, of ${count}`
}

export type Summary = Pick<Reading, "y" | "low" | "high" | "count">

/** The readings of the lines of each entry of the legend: of several, their mean and range. */
export const groupReadings = (readings: ReadonlyMap<string, Reading>): ReadonlyMap<string, Summary> => {
  const groups = new Map<string, Array<Reading>>()
  for (const reading of readings.values()) {
    const group = groups.get(reading.line.group)
    if (group === undefined) groups.set(reading.line.group, [reading])
    else group.push(reading)
  }
  return new Map([...groups].map(([key, group]) => [key, summarise(group)]))
}

const summarise = (readings: ReadonlyArray<Reading>): Summary => {
  const [only] = readings
  if (readings.length === 1 && only !== undefined) return only
  const values = readings.map(({ y }) => y)
  return {
    y: values.reduce((sum, value) => sum + value, 0) / values.length,
    low: Math.min(...values),
    high: Math.max(...values),
    count: values.length,
  }
}
