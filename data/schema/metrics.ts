import type { Columns, Row } from "../../dsl/column.ts"

/**
 * What a learner reported, in long form: one name and value per row. The unit is the metric's own.
 */
export const metrics = {
  /** The step of training. */
  step: "int32",
  /** What is measured. */
  name: "utf8",
  /** The measurement, in the metric's own unit. */
  value: "float64",
} as const satisfies Columns

export type MetricRow = Row<typeof metrics>
