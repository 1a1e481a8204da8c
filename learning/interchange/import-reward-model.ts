import { type Artifact, DeclarationError } from "assay"
import { GoldJudge, ProxyJudge } from "../artifacts.ts"
import type { LabelSets } from "../judge/labels.ts"
import type { JudgeType } from "../judge/scorer.ts"
import { inDirectory } from "./import-policy.ts"
import { importProxyRewardModelFiles, importRewardModelFiles } from "./import-reward-model-files.stage.ts"

/** What `importRewardModel` takes. */
export interface ImportRewardModelOptions<J extends JudgeType = typeof GoldJudge> {
  /** The folder; a relative path is taken from the project root. */
  readonly directory: string
  /**
   * What the judge may be used for: `GoldJudge`, the default, stands for the human, `ProxyJudge`
   * for a model of the human, which online learners take.
   */
  readonly judge?: J
  /**
   * How texts are put together: as `prompt + response` ("text", the default), or as the
   * conversation that the tokenizer's chat template makes of the two ("chat"), whole and without
   * the beginning of a further answer. A prompt in the form of HH-RLHF becomes the turns that it
   * has.
   */
  readonly prompts?: "text" | "chat"
  /**
   * Whether an end-of-text (the tokenizer's `eos_token`) is put behind every text, as TRL's
   * `RewardTrainer` does with texts that are not conversations; false is as the tokenizer has it.
   * Where it is also the `pad_token_id`, it is not scored, and makes no difference.
   */
  readonly appendEndOfText?: boolean
  /**
   * Of a proxy, the labels that it was fitted to, as sets under names of your own, as of `scorer`;
   * they count in the budgets of arms that use it.
   */
  readonly labels?: LabelSets
}

/**
 * A judge from a folder on disk in which `transformers` saved a reward model: a model for sequence
 * classification (`LlamaForSequenceClassification` and the like) with one label, of the families
 * that `importPolicy` reads, in one file or shards, of 16 or 32 bits. It scores the tokens of
 * `prompt + response`, or of the conversation that they make, at the last that is not the
 * `pad_token_id` of `config.json`, or at the last where there is none: the reward that
 * `transformers` computes. The tokenizer begins texts by its own rule. Of two scores the difference
 * is read as log-odds (Bradley and Terry 1952). Texts longer than the context lose the beginning of
 * the prompt.
 *
 *   const gold = importRewardModel({ directory: "models/reward", prompts: "chat" })
 *   const proxy = importRewardModel({ directory: "models/reward", judge: ProxyJudge })
 *
 * A model that `preferenceModel` wrote judges as it did. Fails with a StageError `NotARewardModel`
 * (details `key`) for a language model and for other numbers of labels, and with those of
 * `importPolicy`. Throws a DeclarationError for `labels` of a gold judge.
 */
export const importRewardModel = <J extends JudgeType = typeof GoldJudge>({
  directory,
  judge,
  prompts,
  appendEndOfText = false,
  labels,
}: ImportRewardModelOptions<J>): Artifact<J> => {
  const options = { ...inDirectory(directory), prompts: prompts ?? null, appendEndOfText }
  const type: JudgeType = judge ?? GoldJudge
  if (type.name === ProxyJudge.name) return importProxyRewardModelFiles({ ...options, learnedFrom: labels ?? null }) as Artifact<J>
  if (labels !== undefined)
    throw new DeclarationError({
      message: "importRewardModel: labels are counted of what models the human, not of gold: leave `labels` out, or pass judge: ProxyJudge",
    })
  return importRewardModelFiles(options) as Artifact<J>
}
