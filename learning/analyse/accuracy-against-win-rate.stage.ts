import { many, stage } from "assay"
import { Schema } from "effect"
import { Classification, Evaluation, Figure, Marks } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

/**
 * Draws accuracy against win rate: does a policy that classifies better win more often? One mark
 * per checkpoint of each arm, averaged over worlds and seeds: accuracy on a source of pairs and win
 * rate, both in [0, 1]. One panel per opponent and source, titled with the slope of win rate in
 * accuracy along a run, averaged over runs, with its 95 % interval (see Intervals): a correlation
 * over all checkpoints would mostly tell arms apart. A checkpoint equal to its reference classifies
 * nothing and has no mark.
 */
export const accuracyAgainstWinRate = stage({
  name: "accuracy-against-win-rate",
  inputs: { evaluations: many(Evaluation), classifications: many(Classification) },
  parameters: {
    /** The name of the opponent that is the reference: against it a win rate at a KL of 0 is ½. */
    reference: withDefault(Schema.String, "sft"),
    /** The heading of the figure. */
    title: Schema.String,
    /** A statement under the heading. */
    caption: withDefault(Schema.String, ""),
  },
  outputs: { marks: Marks, figure: Figure },
  run: () => import("./accuracy-against-win-rate.ts"),
})
