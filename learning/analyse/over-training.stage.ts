import { many, stage } from "assay"
import { Schema } from "effect"
import { Classification, Figure, Marks } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

/**
 * Draws policies as classifiers over training steps: accuracy on each source of pairs, in [0, 1],
 * and the mean change of log-likelihood of chosen and rejected responses, in nats. Panels come in
 * order of sources. Intervals are 95 %, over pairs and seeds (see Intervals). A policy equal
 * to its reference orders no pair and has no mark for accuracy. Throws a StageError `NoSuchSource`
 * where `sources` names one that no pair has.
 */
export const overTraining = stage({
  name: "over-training",
  inputs: { classifications: many(Classification) },
  parameters: {
    /** The sources of pairs to show; all by default. */
    sources: withDefault(Schema.Array(Schema.String), []),
    /** The heading of the figure. */
    title: withDefault(Schema.String, "Accuracy and log-likelihood over training"),
    /** A statement under the heading. */
    caption: withDefault(Schema.String, ""),
  },
  outputs: { marks: Marks, figure: Figure },
  run: () => import("./over-training.ts"),
})
