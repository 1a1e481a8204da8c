import { many, stage } from "assay"
import { Schema } from "effect"
import { Classification, Figure, Marks } from "../artifacts.ts"
import { otherwise } from "../parameter.ts"

/**
 * What becomes of policies as classifiers while they are trained: accuracy on each source of pairs, and the change of log-likelihood of chosen
 * and rejected responses in nats, over steps. Panels come in order of sources. Intervals are over pairs and seeds. A policy equal to its
 * reference orders no pair, and has no mark for accuracy.
 */
export const overTraining = stage({
  name: "over-training",
  inputs: { classifications: many(Classification) },
  parameters: {
    title: otherwise(Schema.String, "Accuracy and log-likelihood over training"),
    caption: otherwise(Schema.String, ""),
  },
  outputs: { marks: Marks, figure: Figure },
  run: () => import("./over-training.ts"),
})
