/** The encodings that tell arms apart, and the key above a figure that shows them. */

import { characterWidth } from "./render.ts"
import { armStyle } from "./style.ts"

/**
 * Encodings of the field `arm` without a legend, because Vega-Lite's cannot show line and mark of
 * an arm as one.
 */
export const armScales = (arms: ReadonlyArray<string>) => {
  const styles = arms.map((_, position) => armStyle(position))
  const encode = <R>(range: Array<R>) => ({ field: "arm", type: "nominal" as const, legend: null, scale: { domain: [...arms], range } })
  return {
    color: encode(styles.map(({ color }) => color)),
    shape: encode(styles.map(({ shape }) => shape)),
    dash: encode(styles.map(({ dash }) => [...dash])),
  }
}

/** Pixels. */
const sample = 34
const lineHeight = 17
const fontSize = 11

/**
 * Lays out line samples, each with its mark and the arm's name, in as many rows as the width in
 * pixels needs.
 */
export const keyOf = (arms: ReadonlyArray<string>, width: number) => {
  let from = 0
  let row = 0
  const entries = arms.map((arm) => {
    const needed = sample + 8 + arm.length * characterWidth * fontSize
    if (from > 0 && from + needed > width) {
      from = 0
      row += 1
    }
    const entry = { arm, row, from, to: from + sample, middle: from + sample / 2, name: from + sample + 7 }
    from += needed + 18
    return entry
  })
  const { color, shape, dash } = armScales(arms)
  const scale = { domain: [0, width], nice: false, zero: false }
  const at = (field: string) => ({ field, type: "quantitative" as const, axis: null, scale })
  const y = { field: "row", type: "quantitative" as const, axis: null, scale: { domain: [row + 0.5, -0.5], nice: false, zero: false } }
  return {
    name: "key",
    width,
    height: (row + 1) * lineHeight,
    data: { values: entries },
    layer: [
      {
        mark: { type: "rule" as const, aria: false, strokeWidth: 1.7 },
        encoding: { x: at("from"), x2: { field: "to" }, y, color, strokeDash: dash },
      },
      {
        mark: { type: "point" as const, aria: false, filled: true, size: 52, opacity: 1, stroke: "white", strokeWidth: 0.8 },
        encoding: { x: at("middle"), y, fill: color, shape },
      },
      {
        mark: { type: "text" as const, aria: false, align: "left" as const, baseline: "middle" as const, fontSize },
        encoding: { x: at("name"), y, text: { field: "arm", type: "nominal" as const } },
      },
    ],
  }
}
