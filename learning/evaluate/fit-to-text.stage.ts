import { stage } from "assay"
import { Schema } from "effect"
import { Metrics, Policy, Text } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

/**
 * How well a policy fits a text that it was not trained on: of the test split, in nats a token of its tokenizer, at step 0 of `metrics`, `loss` as `sft` has measured it and
 * `unigram`, the cross-entropy of those tokens under their frequencies in the train split (one added to each): where a model that has learned no more than which words are common would be.
 * Fails with a StageError `NoHeldOutLoss` where the policy does not come from `sft` on a text that has a test split.
 */
export const fitToText = stage({
  name: "fit-to-text",
  inputs: { policy: Policy, corpus: Text },
  parameters: { kind: withDefault(Schema.NullOr(Schema.String), null) },
  outputs: { metrics: Metrics },
  run: () => import("./fit-to-text.ts"),
})
