/** What charts take from the style sheets: colours and type of the page as it is now. */

import type { Config } from "vega"

/** Custom properties of `style/tokens.css` that charts use. */
const properties = {
  paper: "--paper",
  grid: "--line",
  line: "--line-strong",
  label: "--ink-faint",
  ink: "--ink",
  font: "--sans",
} as const

export type ChartTheme = Readonly<Record<keyof typeof properties, string>>

export const readChartTheme = (): ChartTheme => {
  const style = getComputedStyle(document.documentElement)
  const read = (name: keyof typeof properties) => style.getPropertyValue(properties[name]).trim()
  return { paper: read("paper"), grid: read("grid"), line: read("line"), label: read("label"), ink: read("ink"), font: read("font") }
}

/** Pixels around the plot, for the labels of the axes. */
export const plotPadding = { left: 56, right: 14, top: 10, bottom: 26 } as const

export const chartConfig = ({ grid, line, label, font }: ChartTheme): Config => ({
  padding: plotPadding,
  autosize: "none",
  // No forms beside the canvas, and no handlers but those that the page sets itself.
  events: { bind: "none", defaults: { prevent: false } } as NonNullable<Config["events"]>,
  axis: {
    gridColor: grid,
    domainColor: line,
    tickColor: line,
    labelColor: label,
    labelFont: font,
    labelFontSize: 11,
    labelFlush: true,
    labelOverlap: "greedy",
    tickSize: 4,
    labelPadding: 4,
  },
})

/** An axis of a specification. */
export interface ChartAxis {
  readonly scale: "x" | "y"
  readonly orient: "bottom" | "left"
  readonly grid: boolean
  readonly tickCount: { readonly signal: string }
  readonly encode: { readonly labels: { readonly update: { readonly text: { readonly signal: string } } } }
  readonly values?: Array<number>
}

/** Large and small numbers with an exponent. A logarithmic axis leaves out some labels. */
const label =
  "datum.label === '' ? '' : datum.value !== 0 && (abs(datum.value) < 1e-4 || abs(datum.value) >= 1e6) ? format(datum.value, '~e') : format(datum.value, '~r')"
const encode: ChartAxis["encode"] = { labels: { update: { text: { signal: label } } } }

/** Axes of numbers below and at the left, with a grid. */
export const numberAxes = (): Array<ChartAxis> => [
  { scale: "x", orient: "bottom", grid: true, tickCount: { signal: "ceil(width / 70)" }, encode },
  { scale: "y", orient: "left", grid: true, tickCount: { signal: "ceil(height / 60)" }, encode },
]
