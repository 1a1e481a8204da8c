import { optional, stage } from "assay"
import { Policy, Preferences, ProxyJudge } from "../artifacts.ts"
import { Count, LearningRate, otherwise, PolicySize, Seed } from "../parameter.ts"

/**
 * Trains a pairwise preference model on labelled pairs, ties left out. With a `base`, it starts from that policy's weights and uses
 * its tokenizer (`size`, `vocabulary` and `context` are then the base's); else from scratch, with a tokenizer trained on the pairs.
 * A tenth of the prompts is held out; the accuracy on their pairs is in `trainer_state.json`.
 */
export const preferenceModel = stage({
  name: "preference-model",
  inputs: { preferences: Preferences, base: optional(Policy) },
  parameters: {
    steps: Count,
    seed: Seed,
    batch: otherwise(Count, 32),
    learningRate: otherwise(LearningRate, 1e-3),
    size: otherwise(PolicySize, "small"),
    vocabulary: otherwise(Count, 1024),
    context: otherwise(Count, 128),
  },
  outputs: { judge: ProxyJudge },
  threads: 2,
  engine: true,
  run: () => import("./train-preference-model.ts"),
})
