import { optional, stage } from "assay"
import { Schema } from "effect"
import { Policy, Text } from "../artifacts.ts"
import { Count, LearningRate, Lora, memoryParameters, PolicySize, Seed, WeightDecay, withDefault } from "../parameter.ts"

/**
 * Supervised fine-tuning of a policy on the training split of a text by next-token cross-entropy:
 * of all passages, or of one `kind`. With a `base`, it starts from that policy's weights and uses
 * its tokenizer (`size`, `vocabulary` and `context` are then the base's); else from scratch, with a
 * tokenizer of its own. Passages are read as they are, in no chat template. `batchSize` passages a
 * step; the learning rate warms up over the first twentieth of the steps and falls to zero along a
 * cosine; the optimiser is otherwise that of `optimize`. `vocabulary` and `context` are in tokens.
 * `trainer_state.json` in the policy holds the losses (nats a token), on held-out passages too, and
 * how many passages were cut at their ends to the context (`truncated_passages`; absent where none
 * was).
 */
export const sft = stage({
  name: "sft",
  inputs: { corpus: Text, base: optional(Policy) },
  parameters: {
    /** Layers, width and heads: "small" 2, 64, 2; "medium" 4, 128, 4; "large" 6, 256, 8. */
    size: withDefault(PolicySize, "small"),
    /** Training steps. */
    steps: Count,
    /** Draws the first weights and the batches. */
    seed: Seed,
    /** Only passages with this value in the column `kind`; all where it is null. */
    kind: withDefault(Schema.NullOr(Schema.String), null),
    /** Passages per step. */
    batchSize: withDefault(Count, 64),
    /** Adam's learning rate at its highest. */
    learningRate: withDefault(LearningRate, 3e-3),
    /** λ of AdamW on matrices, not on biases and gains; 0 is Adam. */
    weightDecay: withDefault(WeightDecay, 0),
    /**
     * Trains low-rank adapters of the base alone (Hu et al. 2022), such as `{ rank: 16, alpha: 32
     * }`; null trains all.
     */
    lora: withDefault(Lora, null),
    ...memoryParameters,
    /** Tokens of the tokenizer that is trained on the text. */
    vocabulary: withDefault(Count, 1024),
    /** The longest sequence, in tokens. */
    context: withDefault(Count, 64),
  },
  outputs: { policy: Policy },
  plugins: { policy: { like: "base" } },
  renamed: { batch: "batchSize" },
  threads: 2,
  engine: true,
  run: () => import("./sft.ts"),
})
