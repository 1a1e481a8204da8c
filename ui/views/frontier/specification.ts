/** The frontier as a specification of Vega, from the back to the front. */

import type { Mark, Spec } from "vega"
import type { ScaleType } from "../../chart/scale.ts"
import { type ChartAxis, numberAxes } from "../../chart/theme.ts"

/** Lighter than any arm, darker than the grid, in both themes. */
const oracleGrey = "#8c8c8c"

/** KLs that are labelled on an axis that is linear near 0 and logarithmic beyond. */
const symlogTicks = [0, 1, 3, 10, 30, 100, 300, 1_000, 3_000]

/**
 * Data sets: `faint`, `strong` and `oracle`, as in `FrontierRows`. Signals: the domains of the
 * axes, and for the keys of all arms their colours, shapes and dashes; `ink` and `paper`.
 */
export const frontierSpecification = (klType: ScaleType): Spec => ({
  signals: [
    { name: "klDomain", value: [0, 1] },
    { name: "winDomain", value: [0, 1] },
    { name: "keys", value: [] },
    { name: "colors", value: [] },
    { name: "shapes", value: [] },
    { name: "dashes", value: [] },
    { name: "ink", value: "black" },
    { name: "paper", value: "white" },
  ],
  data: [{ name: "faint" }, { name: "strong" }, { name: "oracle" }],
  scales: [
    { name: "x", type: klType, range: "width", domain: { signal: "klDomain" }, zero: false, nice: false },
    { name: "y", type: "linear", range: "height", domain: { signal: "winDomain" }, zero: false, nice: false },
    { name: "color", type: "ordinal", domain: { signal: "keys" }, range: { signal: "colors" } },
    { name: "shape", type: "ordinal", domain: { signal: "keys" }, range: { signal: "shapes" } },
    { name: "dash", type: "ordinal", domain: { signal: "keys" }, range: { signal: "dashes" } },
  ],
  axes: numberAxes().map((axis): ChartAxis => (axis.scale === "x" && klType === "symlog" ? { ...axis, values: symlogTicks } : axis)),
  marks: [
    {
      type: "group",
      encode: { update: { width: { signal: "width" }, height: { signal: "height" }, clip: { value: true } } },
      marks: [
        half,
        oracleLine,
        ofEachLine("faint", { strokeWidth: { value: 0.8 }, strokeOpacity: { value: 0.45 } }),
        symbols("faint", { size: { value: 14 }, fillOpacity: { value: 0.5 } }),
        interval("winLow", "winHigh", "vertical"),
        interval("klLow", "klHigh", "horizontal"),
        ofEachLine("strong", { strokeWidth: { value: 1.8 }, strokeDash: { scale: "dash", field: "arm" } }),
        symbols("strong", { size: { value: 64 }, stroke: { signal: "paper" }, strokeWidth: { value: 1 } }),
      ],
    },
  ],
})

/** As good as the opponent. */
const half: Mark = {
  type: "rule",
  interactive: false,
  encode: {
    update: {
      x: { value: 0 },
      x2: { signal: "width" },
      y: { scale: "y", value: 0.5 },
      stroke: { signal: "ink" },
      strokeWidth: { value: 1 },
    },
  },
}

const oracleLine: Mark = {
  type: "line",
  from: { data: "oracle" },
  sort: { field: "datum.kl" },
  interactive: false,
  encode: {
    update: {
      x: { scale: "x", field: "kl" },
      y: { scale: "y", field: "winRate" },
      stroke: { value: oracleGrey },
      strokeWidth: { value: 2.4 },
    },
  },
}

/** The checkpoints of each line joined in order of steps. */
const ofEachLine = (data: string, stroke: object): Mark => ({
  type: "group",
  from: { facet: { name: `${data} of a line`, data, groupby: "line" } },
  marks: [
    {
      type: "line",
      from: { data: `${data} of a line` },
      sort: { field: "datum.step" },
      interactive: false,
      encode: {
        update: {
          x: { scale: "x", field: "kl" },
          y: { scale: "y", field: "win" },
          stroke: { scale: "color", field: "arm" },
          ...stroke,
        },
      },
    },
  ],
})

const symbols = (data: string, look: object): Mark => ({
  type: "symbol",
  from: { data },
  interactive: false,
  encode: {
    update: {
      x: { scale: "x", field: "kl" },
      y: { scale: "y", field: "win" },
      shape: { scale: "shape", field: "arm" },
      fill: { scale: "color", field: "arm" },
      ...look,
    },
  },
})

const interval = (low: string, high: string, direction: "vertical" | "horizontal"): Mark => ({
  type: "rule",
  from: { data: "strong" },
  interactive: false,
  encode: {
    update: {
      ...(direction === "vertical"
        ? { x: { scale: "x", field: "kl" }, y: { scale: "y", field: low }, y2: { scale: "y", field: high } }
        : { x: { scale: "x", field: low }, x2: { scale: "x", field: high }, y: { scale: "y", field: "win" } }),
      stroke: { scale: "color", field: "arm" },
      strokeWidth: { value: 1 },
      strokeOpacity: { value: 0.8 },
    },
  },
})
