import { stage } from "assay"
import { Schema } from "effect"
import { Checkpoints, Metrics, Policy, Preferences } from "../artifacts.ts"
import { LossParameter } from "../objective/loss.ts"
import { Count, LearningRate, Lora, memoryParameters, Seed, WeightDecay, withDefault } from "../parameter.ts"

/**
 * Offline and online training have these in common, so that two arms can be given equal budgets.
 */
export const optimizerParameters = {
  /** What the training minimises, such as `ipo({ beta: 0.1 })`. */
  loss: LossParameter,
  /** Training steps. */
  steps: Count,
  /** Orders pairs or prompts, and draws responses where the stage samples. */
  seed: Seed,
  /** Pairs per step. */
  batchSize: withDefault(Count, 32),
  /** Adam's learning rate after its warm-up. */
  learningRate: withDefault(LearningRate, 3e-4),
  /** λ of AdamW on matrices, not on biases and gains; 0 is Adam. */
  weightDecay: withDefault(WeightDecay, 0),
  /**
   * Trains low-rank adapters alone (Hu et al. 2022), such as `{ rank: 16, alpha: 32 }`; null trains
   * all.
   */
  lora: withDefault(Lora, null),
  ...memoryParameters,
  /** How many policies to keep, log-spaced over the steps. */
  checkpoints: withDefault(Count, 8),
}

/**
 * Offline preference optimisation: a loss directly on given pairs. `order`: "shuffled" goes through
 * the pairs that are not ties in random epochs; "stream" takes them by their columns `step` and
 * `position`, ties in place but without weight, one recorded step a step. Replayed so, with the
 * same number of steps (they set the warm-up), an online stream gives the online policy bit for
 * bit. Where a prompt and the longer of its responses do not fit the policy's context, the prompt
 * loses its beginning, for both responses alike; only a response that does not fit by itself loses
 * its end. `metrics` counts both at every step (`truncated_prompts`, `truncated_responses`), and
 * the pairs that this leaves nothing to tell apart (`empty_pairs`), which have weight 0 and are not
 * among `useful_pairs`. At one step of each 25 `staleness` and `staleness_reverse` say how far the
 * learner is from the policy that drew the pairs, where that is known. Of imported pairs `plan`
 * says before how many will be cut, at least. Fails with a StageError `NothingToTrain` where no
 * pair has a weight.
 *
 * The optimiser, here and in `optimizeOnline` and `goldenPolicy`: AdamW with β₁ 0.9, β₂ 0.999, ε
 * 1e-8 and bias correction, on gradients clipped to global norm 1. The learning rate rises linearly
 * over the first twentieth of the steps (at least one), then stays constant.
 */
export const optimize = stage({
  name: "optimize",
  inputs: { reference: Policy, preferences: Preferences },
  parameters: {
    ...optimizerParameters,
    /** Whether to take pairs in random epochs, or as a recorded stream has them. */
    order: withDefault(Schema.Literals(["shuffled", "stream"]), "shuffled"),
  },
  outputs: { checkpoints: Checkpoints, metrics: Metrics },
  plugins: { checkpoints: { like: "reference" } },
  renamed: { batch: "batchSize" },
  engine: true,
  run: () => import("./optimize.ts"),
  check: () => import("./optimize.check.ts"),
})
