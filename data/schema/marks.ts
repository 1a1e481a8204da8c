import type { Columns, Row } from "../../dsl/column.ts"

/**
 * The marks of a figure, in general form. `panel` says what `y` is, `line` the arm; `x` is a number
 * on a continuous axis, or the place of `x_label` among the values of a discrete one. Bounds are
 * those of 95 % intervals over prompts and `seeds` seeds; equal to the value where it has none.
 */
export const marks = {
  panel: "utf8",
  line: "utf8",
  x: "float64",
  x_label: "utf8",
  y: "float64",
  y_low: "float64",
  y_high: "float64",
  seeds: "int32",
} as const satisfies Columns

export type MarkRow = Row<typeof marks>
