import { optional, stage } from "assay"
import { Schema } from "effect"
import { GoldJudge, Policy, Preferences, ProxyJudge } from "../artifacts.ts"
import { Count, LearningRate, Lora, memoryParameters, PolicySize, Seed, WeightDecay, withDefault } from "../parameter.ts"
import { preferenceForms } from "./preference-form.ts"
import { preferenceModelScorer } from "./scorers/trained.ts"

const modelParameters = {
  /** Training steps. */
  steps: Count,
  /** Draws the first weights, the held-out prompts and the batches. */
  seed: Seed,
  /** Pairs per step. */
  batchSize: withDefault(Count, 32),
  /** Adam's learning rate at its highest. */
  learningRate: withDefault(LearningRate, 1e-3),
  /** λ of AdamW; 0 is Adam. */
  weightDecay: withDefault(WeightDecay, 0),
  ...memoryParameters,
  /** Tokens of the tokenizer that is trained on the pairs. */
  vocabulary: withDefault(Count, 1024),
  /** The longest sequence, in tokens: a prompt with both responses, or with one if "pointwise". */
  context: withDefault(Count, 128),
  /** Whether the model compares two responses, or scores one as a reward model does. */
  form: withDefault(Schema.Literals(preferenceForms), "pairwise"),
}

const renamed = { batch: "batchSize" } as const

/**
 * Trains a preference model on labelled pairs, ties left out: a "pairwise" one reads both responses
 * at once, a "pointwise" one is a reward model. With a `base`, it starts from that policy's weights
 * and uses its tokenizer (`size`, `vocabulary` and `context` are then the base's; its adapters,
 * where it has some, are merged into the weights); else from scratch, with a tokenizer trained on
 * the pairs. With `lora`, the judge holds the base, and the adapters and the score as PEFT reads
 * them (`SEQ_CLS`); without a base that fails with a StageError `Adapter`. What does not fit its
 * context is truncated as in `optimize`; `trainer_state.json` counts the truncated pairs; the key
 * is absent if none was. The labels that it was given, by the kind of judge that labelled them, and
 * how many of them are not ties, are in `judge.json`: they count in the budgets of all arms that
 * use it. A tenth of the prompts is held out; the accuracy on their pairs is in
 * `trainer_state.json`, beside that of a bag of words fitted to the same pairs.
 */
export const preferenceModel = stage({
  name: "preference-model",
  inputs: { preferences: Preferences, base: optional(Policy) },
  parameters: {
    ...modelParameters,
    /** Layers, width and heads: "small" 2, 64, 2; "medium" 4, 128, 4; "large" 6, 256, 8. */
    size: withDefault(PolicySize, "small"),
    /**
     * Trains the score and low-rank adapters of the base alone (Hu et al. 2022), such as `{ rank:
     * 16, alpha: 32 }`; null trains all.
     */
    lora: withDefault(Lora, null),
  },
  outputs: { judge: ProxyJudge },
  plugins: { judge: { plugin: preferenceModelScorer, carries: ["base"] } },
  renamed,
  threads: 2,
  engine: true,
  run: () => import("./train-preference-model.ts"),
  check: () => import("./preference-model.check.ts"),
})

/**
 * The golden preference model of Tang et al. 2024, section 3, which stands for the human where
 * `label` and `evaluate` ask for one: trained as the proxy is, but larger than the policies by
 * default, on comparisons of its own, and then frozen. It is gold: online learners do not take it.
 */
export const goldenPreferenceModel = stage({
  name: "golden-preference-model",
  inputs: { preferences: Preferences },
  parameters: {
    ...modelParameters,
    /** Layers, width and heads: "small" 2, 64, 2; "medium" 4, 128, 4; "large" 6, 256, 8. */
    size: withDefault(PolicySize, "medium"),
  },
  outputs: { judge: GoldJudge },
  plugins: { judge: { plugin: preferenceModelScorer } },
  renamed,
  threads: 2,
  engine: true,
  run: () => import("./golden-preference-model.ts"),
  check: () => import("./preference-model.check.ts"),
})
