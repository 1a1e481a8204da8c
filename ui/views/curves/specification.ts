/** The curves as a specification of Vega: bands at the back, raw curves, lines in front. */

import type { Mark, Spec } from "vega"
import type { ScaleType } from "../../chart/scale.ts"
import { numberAxes } from "../../chart/theme.ts"

/**
 * Data sets: `bands`, `raw` and `lines`, as in `CurveRows`, and `focused`, those of `lines` that
 * stand out. Signals: the domains of the axes, and for the keys of all lines their colours and
 * dashes; `bandOpacity` is that of a band, and `paper` the colour behind all.
 */
export const curveSpecification = ({ x, y }: { readonly x: ScaleType; readonly y: ScaleType }): Spec => ({
  signals: [
    { name: "xDomain", value: [0, 1] },
    { name: "yDomain", value: [0, 1] },
    { name: "keys", value: [] },
    { name: "colors", value: [] },
    { name: "dashes", value: [] },
    { name: "bandOpacity", value: 0.16 },
    { name: "paper", value: "white" },
  ],
  data: [{ name: "bands" }, { name: "raw" }, { name: "lines" }, { name: "focused" }],
  scales: [
    { name: "x", type: x, range: "width", domain: { signal: "xDomain" }, zero: false, nice: false },
    { name: "y", type: y, range: "height", domain: { signal: "yDomain" }, zero: false, nice: false },
    { name: "color", type: "ordinal", domain: { signal: "keys" }, range: { signal: "colors" } },
    { name: "dash", type: "ordinal", domain: { signal: "keys" }, range: { signal: "dashes" } },
  ],
  axes: numberAxes(),
  marks: [
    {
      type: "group",
      encode: { update: { width: { signal: "width" }, height: { signal: "height" }, clip: { value: true } } },
      marks: [
        ofEachLine("bands", {
          type: "area",
          encode: {
            update: {
              x: { scale: "x", field: "x" },
              y: { scale: "y", field: "high" },
              y2: { scale: "y", field: "low" },
              defined: { signal: "isValid(datum.high)" },
              fill: { scale: "color", field: "line" },
              fillOpacity: { signal: "bandOpacity" },
            },
          },
        }),
        ofEachLine("raw", path({ strokeWidth: { value: 1 }, strokeOpacity: { value: 0.28 } })),
        ofEachLine("lines", path({ strokeWidth: { value: 1.8 }, strokeOpacity: { signal: "datum.isPartial ? 0.45 : 1" }, ...dash })),
        ofEachLine("focused", path({ strokeWidth: { value: 7 }, stroke: { signal: "paper" } })),
        ofEachLine("focused", path({ strokeWidth: { value: 3 }, ...dash })),
      ],
    },
  ],
})

const dash = { strokeDash: { scale: "dash", field: "line" } }

const path = (stroke: object): Mark => ({
  type: "line",
  encode: {
    update: {
      x: { scale: "x", field: "x" },
      y: { scale: "y", field: "y" },
      defined: { signal: "isValid(datum.y)" },
      stroke: { scale: "color", field: "line" },
      strokeJoin: { value: "round" },
      ...stroke,
    },
  },
})

/** A mark for the rows of each part of a line, in their order, however they came. */
const ofEachLine = (data: string, mark: Mark): Mark => ({
  type: "group",
  from: { facet: { name: `${data} of a line`, data, groupby: ["line", "part"] } },
  marks: [{ ...mark, from: { data: `${data} of a line` }, sort: { field: "datum.index" }, interactive: false } as Mark],
})
