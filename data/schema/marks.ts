import type { Columns, Row } from "../../dsl/column.ts"

/**
 * The marks of a figure, in general form. `panel` says what `y` is, `line` the arm; `x` is a number
 * on a continuous axis, or the place of `x_label` among the values of a discrete one. Bounds are
 * those of 95 % intervals over prompts and `seeds` seeds; equal to the value where it has none.
 */
export const marks = {
  /** What `y` is. */
  panel: "utf8",
  /** The arm. */
  line: "utf8",
  /** Place on the axis. */
  x: "float64",
  /** The same in words. */
  x_label: "utf8",
  /** The value. */
  y: "float64",
  /** Lower bound of its 95 % interval. */
  y_low: "float64",
  /** Upper bound of its 95 % interval. */
  y_high: "float64",
  /** Number of seeds. */
  seeds: "int32",
} as const satisfies Columns

export type MarkRow = Row<typeof marks>
