import { stage } from "assay"
import { Schema } from "effect"
import { Metrics, Policy, Text } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

/**
 * Measures how well a policy fits text that it was not trained on. Metrics at step 0, in nats per
 * token of the policy's tokenizer, over the test split:
 * - `loss`, as `sft` measured it
 * - `unigram`, the cross-entropy of the same tokens under their frequencies in the train split, one
 *   added to each count (Laplace smoothing): the loss of a model that knows nothing but which
 *   tokens are common
 *
 * Throws a StageError `NoHeldOutLoss` where the policy does not come from `sft` on a text that has
 * a test split.
 */
export const fitToText = stage({
  name: "fit-to-text",
  inputs: { policy: Policy, corpus: Text },
  parameters: {
    /** Only passages of this kind; all where it is null. */
    kind: withDefault(Schema.NullOr(Schema.String), null),
  },
  outputs: { metrics: Metrics },
  run: () => import("./fit-to-text.ts"),
})
