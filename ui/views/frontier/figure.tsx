/** The chart of a frontier against one opponent, and the key of its arms. */

import { useMemo } from "react"
import { Chart, type Plot } from "../../chart/chart.tsx"
import type { Scale } from "../../chart/scale.ts"
import { lineStyle } from "../../chart/style.ts"
import { Swatch } from "../../chart/swatch.tsx"
import { readChartTheme } from "../../chart/theme.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { formatNumber, plural } from "../../text/format.ts"
import { visibleText } from "../../text/visible.ts"
import { useIsDark } from "../../theme/use-theme.ts"
import { type Arm, type Axes, type DrawnMark, nameMark } from "./marks.ts"
import { cutOracle, type OraclePoint } from "./oracle.ts"
import { rowsOf } from "./rows.ts"
import { frontierSpecification } from "./specification.ts"
import { Surface } from "./surface.tsx"

interface Props {
  readonly title: string
  readonly against: string
  /** All arms, in the order of their styles. */
  readonly arms: ReadonlyArray<Arm>
  /** Those of them that are in the key. */
  readonly shown: ReadonlyArray<Arm>
  /** Labels of arms that are not drawn. */
  readonly hidden: ReadonlyArray<string>
  readonly drawn: ReadonlyArray<DrawnMark>
  readonly axes: Axes
  readonly oracle: ReadonlyArray<OraclePoint>
  readonly selected: DrawnMark | null
  readonly onSelect: (row: number) => void
  readonly onHide: (labels: ReadonlyArray<string>) => void
}

export const Figure = ({ title, against, arms, shown, hidden, drawn, axes, oracle, selected, onSelect, onHide }: Props) => {
  const isDark = useIsDark()
  const specification = useMemo(() => frontierSpecification(axes.klType), [axes.klType])
  const rows = useMemo(() => ({ ...rowsOf(drawn, cutOracle(oracle, axes.kl[1])) }), [drawn, oracle, axes])
  const signals = useMemo(() => {
    const styles = arms.map((_, position) => lineStyle(position, isDark))
    const { ink, paper } = readChartTheme()
    return {
      klDomain: axes.kl,
      winDomain: axes.win,
      keys: arms.map(({ key }) => key),
      colors: styles.map(({ color }) => color),
      shapes: styles.map(({ shape }) => shape),
      dashes: styles.map(({ dash }) => dash),
      ink,
      paper,
    }
  }, [arms, axes, isDark])
  const scalesIn = (plot: Plot): { readonly x: Scale; readonly y: Scale } => ({
    x: { type: axes.klType, domain: axes.kl, range: [0, plot.width] },
    y: { type: "linear", domain: axes.win, range: [plot.height, 0] },
  })
  const toggle = (label: string) => onHide(hidden.includes(label) ? hidden.filter((other) => other !== label) : [...hidden, label])
  return (
    <figure className="frontier-figure" aria-label={visibleText(title)}>
      <ul className="frontier-key" aria-label="Arms">
        {shown.map((arm) => (
          <li key={arm.key}>
            <button
              type="button"
              className="frontier-key-button"
              aria-pressed={!hidden.includes(arm.label)}
              onClick={() => toggle(arm.label)}
            >
              <Swatch style={lineStyle(arms.indexOf(arm), isDark)} marked />
              <ForeignText text={arm.label} />
            </button>
          </li>
        ))}
      </ul>
      <Chart specification={specification} data={rows} signals={signals} xTitle="KL to SFT (nats)" yTitle={`win rate against ${against}`}>
        {(plot) => <Surface plot={plot} {...scalesIn(plot)} drawn={drawn} oracle={oracle} selected={selected} onSelect={onSelect} />}
      </Chart>
      <figcaption className="faint">
        Marks: checkpoints, joined in order of steps. Bars: 95 % intervals. Line at ½: as good as the opponent.
        {drawn.some(({ isFaint }) => isFaint) ? " Faint: single seeds." : ""}
        {oracle.length > 0 ? " Grey: the highest win rate that any policy can have at this KL." : ""}
        <span className="unseen">{describe(drawn)}</span>
      </figcaption>
    </figure>
  )
}

const describe = (drawn: ReadonlyArray<DrawnMark>): string => {
  const strong = drawn.filter(({ isFaint }) => !isFaint).map(({ mark }) => mark)
  const best = strong.reduce<(typeof strong)[number] | null>(
    (most, mark) => (most === null || mark.winRate > most.winRate ? mark : most),
    null,
  )
  const highest =
    best === null ? "" : ` The highest win rate is ${formatNumber(best.winRate, 3)} at KL ${formatNumber(best.kl)}: ${nameMark(best)}.`
  return visibleText(` ${plural(drawn.length, "mark")}, listed below.${highest}`)
}
