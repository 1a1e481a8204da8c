import { many, stage } from "assay"
import { Schema } from "effect"
import { Classification, Figure, Marks } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

/**
 * What becomes of policies as classifiers while they are trained: accuracy on each source of pairs, and the change of log-likelihood of chosen
 * and rejected responses in nats, over steps. Panels come in order of sources. Intervals are over pairs and seeds. A policy equal to its
 * reference orders no pair, and has no mark for accuracy. Fails with a StageError `NoSuchSource` where a source that is asked for is not there.
 */
export const overTraining = stage({
  name: "over-training",
  inputs: { classifications: many(Classification) },
  parameters: {
    /** Which sources of pairs to show; all of them where none is named. */
    sources: withDefault(Schema.Array(Schema.String), []),
    title: withDefault(Schema.String, "Accuracy and log-likelihood over training"),
    caption: withDefault(Schema.String, ""),
  },
  outputs: { marks: Marks, figure: Figure },
  run: () => import("./over-training.ts"),
})
