/** The bars of a histogram as they are drawn: how each is called, and which rows it stands for. */

import type { Cell, GridColumn, Histogram } from "../../../serve/api.ts"
import { cellText } from "../../elements/cell/text.ts"
import { formatNumber } from "../../text/format.ts"
import type { Bar } from "./conditions.ts"

export interface ChartBar {
  readonly key: string
  readonly label: string
  /** What stands below its left edge and its right edge. */
  readonly from: string
  readonly to: string
  readonly count: number
  readonly bar: Bar
  /** Whether the label is the value: the server cuts long texts, which then fit no row. */
  readonly isWhole: boolean
}

/** Characters of a value above which the server cuts it. */
const longestValue = 1000

export const chartBars = (column: Pick<GridColumn, "kind" | "type">, histogram: Histogram): ReadonlyArray<ChartBar> => {
  if (histogram.kind === "values")
    return histogram.values.map(({ value, count }, index) => ({
      key: `${index}`,
      label: valueText(value),
      from: valueText(value),
      to: valueText(value),
      count,
      bar: { kind: "value", value },
      isWhole: typeof value !== "string" || value.length <= longestValue,
    }))
  const unit = histogram.kind === "lengths" ? ` ${histogram.unit}` : ""
  const isWhole = histogram.kind === "lengths" || (column.kind === "number" && /INT/.test(column.type))
  return histogram.bins.map((bin, index) => {
    const isLast = index === histogram.bins.length - 1
    const [from, to] = [formatNumber(bin.from, 6), formatNumber(bin.to, 6)]
    const isSingle = isWhole && bin.to - bin.from === 1
    return {
      key: `${bin.from}`,
      label: isSingle ? `${from}${unit}` : `${from} to ${to}${unit}`,
      from: `${from}${unit}`,
      to: `${to}${unit}`,
      count: bin.count,
      bar: { kind: "bin", bin, isLast },
      isWhole: true,
    }
  })
}

const valueText = (value: Cell): string => (value === null ? "null" : cellText(value))
