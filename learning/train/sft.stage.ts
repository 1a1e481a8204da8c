import { stage } from "assay"
import { Schema } from "effect"
import { Policy, Text } from "../artifacts.ts"
import { Count, LearningRate, PolicySize, Seed, WeightDecay, withDefault } from "../parameter.ts"

/**
 * Supervised fine-tuning: a policy trained from scratch, with a tokenizer of its own, on the
 * training split of a text by next-token cross-entropy: of all passages, or of one `kind`.
 * `batchSize` passages a step; the learning rate warms up and falls to zero along a cosine.
 * `vocabulary` and `context` are in tokens. `trainer_state.json` in the policy holds the losses
 * (nats a token), on held-out passages too, and how many passages were cut at their ends to the
 * context (`truncated_passages`; absent where none was).
 */
export const sft = stage({
  name: "sft",
  inputs: { corpus: Text },
  parameters: {
    size: PolicySize,
    steps: Count,
    seed: Seed,
    kind: withDefault(Schema.NullOr(Schema.String), null),
    batchSize: withDefault(Count, 64),
    learningRate: withDefault(LearningRate, 3e-3),
    weightDecay: withDefault(WeightDecay, 0),
    vocabulary: withDefault(Count, 1024),
    context: withDefault(Count, 64),
  },
  outputs: { policy: Policy },
  renamed: { batch: "batchSize" },
  threads: 2,
  engine: true,
  run: () => import("./sft.ts"),
})
