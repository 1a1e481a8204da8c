import { many, stage } from "assay"
import { Schema } from "effect"
import { Report, Verdicts } from "../artifacts.ts"

/**
 * Writes claims about several things (tasks, sizes) as one table, `claims.md`: a row for each
 * question and a column for each thing, a cell with the estimate, half the width of its 95 %
 * interval and the sign of its verdict; of an inconclusive claim also what could have been found.
 * Throws a StageError `NoSuchClaim` where no claim, or more than one, has the text of a cell.
 */
export const claimGrid = stage({
  name: "claim-grid",
  inputs: { verdicts: many(Verdicts) },
  parameters: {
    /** What columns are about, in their order. */
    columns: Schema.Array(Schema.String).check(Schema.isMinLength(1)),
    /** Questions in their order, with the text of the claim for each column that has one. */
    rows: Schema.Array(Schema.Struct({ question: Schema.String, claims: Schema.Record(Schema.String, Schema.String) })).check(
      Schema.isMinLength(1),
    ),
  },
  outputs: { table: Report },
  run: () => import("./claim-grid.ts"),
})
