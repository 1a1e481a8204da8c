import { many, stage } from "assay"
import { Schema } from "effect"
import { Report, Verdicts } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

/**
 * Writes what could not be decided as a Markdown table, `undecided.md`: of each inconclusive claim
 * the estimate with half the width of its 95 % interval, the smallest effect that could have been
 * found, and how many worlds or seeds it would take to find a target; then the claims that are not
 * measurable, with the reason. What can be found shrinks, to first order, as 1/√(worlds × seeds). A
 * claim's target is its margin.
 */
export const undecided = stage({
  name: "undecided",
  inputs: { verdicts: many(Verdicts) },
  parameters: {
    /** What claims without a margin should find, in the unit of their quantity. */
    target: withDefault(Schema.Finite.check(Schema.isGreaterThan(0)), 0.03),
  },
  outputs: { table: Report },
  run: () => import("./undecided.ts"),
})
