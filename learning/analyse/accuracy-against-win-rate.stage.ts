import { many, stage } from "assay"
import { Schema } from "effect"
import { Classification, Evaluation, Figure, Marks } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

/**
 * Does a policy that classifies better win more often? A mark for each checkpoint of each arm, on average over seeds: accuracy on a source of pairs, and win rate. A
 * panel for each opponent and source, which says Pearson's correlation over all checkpoints of all runs, within seeds, with its interval. A checkpoint equal to its reference
 * classifies nothing, and has no mark.
 */
export const accuracyAgainstWinRate = stage({
  name: "accuracy-against-win-rate",
  inputs: { evaluations: many(Evaluation), classifications: many(Classification) },
  parameters: { title: Schema.String, caption: withDefault(Schema.String, "") },
  outputs: { marks: Marks, figure: Figure },
  run: () => import("./accuracy-against-win-rate.ts"),
})
