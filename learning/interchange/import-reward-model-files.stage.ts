import { File, stage } from "assay"
import { Schema } from "effect"
import { GoldJudge, ProxyJudge } from "../artifacts.ts"
import { LabelSets, labelsParameter } from "../judge/labels.ts"
import { rewardModelScorer } from "../judge/scorers/trained.ts"
import { withDefault } from "../parameter.ts"

const inputs = { config: File, weights: File, tokenizer: File, tokenizerConfig: File }

const parameters = {
  /** How texts are put together: as they are, or by the tokenizer's chat template. */
  prompts: withDefault(Schema.NullOr(Schema.Literals(["text", "chat"])), null),
  /** Whether an end-of-text is put behind every text. */
  appendEndOfText: withDefault(Schema.Boolean, false),
}

/**
 * The files of a reward model as `transformers` saves it, as a gold judge. Fails with a StageError
 * `NotARewardModel` (details `key`) for a model of another kind, and as `importPolicy` does.
 */
export const importRewardModelFiles = stage({
  name: "import-reward-model",
  inputs,
  parameters,
  outputs: { judge: GoldJudge },
  plugins: { judge: { plugin: rewardModelScorer } },
  run: () => import("./import-gold-reward-model.ts"),
})

/** The same as a proxy, with the labels that it was fitted to, where they are known. */
export const importProxyRewardModelFiles = stage({
  name: "import-proxy-reward-model",
  inputs,
  parameters: { ...parameters, [labelsParameter]: withDefault(Schema.NullOr(LabelSets), null) },
  outputs: { judge: ProxyJudge },
  plugins: { judge: { plugin: rewardModelScorer } },
  run: () => import("./import-proxy-reward-model.ts"),
})
