import type { Columns, Row } from "../../dsl/column.ts"

/** What a learner reported, in long form: one named value a row. The unit is the metric's own. */
export const metrics = {
  step: "int32",
  name: "utf8",
  value: "float64",
} as const satisfies Columns

export type MetricRow = Row<typeof metrics>
