/**
 * The standard stages of preference-optimisation experiments, and the artifacts that flow between
 * them. Imported as `assay/stages`.
 */

export { accuracyAgainstWinRate } from "./analyse/accuracy-against-win-rate.stage.ts"
export { alongAxis } from "./analyse/along-axis.stage.ts"
export type { Claim, Estimand } from "./analyse/claim.ts"
export { claimGrid } from "./analyse/claim-grid.stage.ts"
export { findings } from "./analyse/findings.stage.ts"
export { forest } from "./analyse/forest.stage.ts"
export { frontier } from "./analyse/frontier.stage.ts"
export { gapDecomposition } from "./analyse/gap-decomposition.stage.ts"
export { gapOverKl } from "./analyse/gap-over-kl.stage.ts"
export { oracleFrontier } from "./analyse/oracle-frontier.stage.ts"
export { overTraining } from "./analyse/over-training.stage.ts"
export { report } from "./analyse/report.stage.ts"
export { undecided } from "./analyse/undecided.stage.ts"
export { verdicts } from "./analyse/verdicts.stage.ts"
export {
  Checkpoints,
  Classification,
  Demonstrations,
  EnsembleWeights,
  Evaluation,
  Figure,
  GoldJudge,
  Judgements,
  Marks,
  Metrics,
  Oracle,
  Points,
  Policy,
  Preferences,
  Prompts,
  ProxyJudge,
  Ratings,
  Report,
  Responses,
  Summary,
  Text,
  Verdicts,
} from "./artifacts.ts"
export { type CommandStageOptions, command } from "./command/command.ts"
export { agreement } from "./evaluate/agreement.stage.ts"
export { evaluate } from "./evaluate/evaluate.stage.ts"
export { fitToText } from "./evaluate/fit-to-text.stage.ts"
export { importDemonstrations } from "./interchange/import-demonstrations.stage.ts"
export { importPolicy } from "./interchange/import-policy.ts"
export { importPreferences } from "./interchange/import-preferences.stage.ts"
export { importPrompts } from "./interchange/import-prompts.stage.ts"
export { type ImportRewardModelOptions, importRewardModel } from "./interchange/import-reward-model.ts"
export { importText } from "./interchange/import-text.stage.ts"
export { mergeAdapters } from "./interchange/merge-adapters.stage.ts"
export { annotators } from "./judge/annotators.stage.ts"
export { bradleyTerry, bradleyTerryProxy } from "./judge/bradley-terry.stage.ts"
export { ensemble, ensembleWeights } from "./judge/ensemble.stage.ts"
export { goldenClassifier } from "./judge/golden-classifier.stage.ts"
export type { TextPair, Verdict } from "./judge/judge.ts"
export { goldenPreferenceModel, preferenceModel } from "./judge/preference-model.stage.ts"
export {
  type PairAnswer,
  type Pairwise,
  type Pointwise,
  type Scorer,
  type ScorerContext,
  type Scoring,
  scorer,
  type TextResponse,
} from "./judge/scorer.ts"
export { chatJudge } from "./judge/scorers/chat-judge.stage.ts"
export { programJudge } from "./judge/scorers/program-judge.stage.ts"
export { ratingJudge } from "./judge/scorers/rating-judge.stage.ts"
export { rewardServer } from "./judge/scorers/reward-server.stage.ts"
export { vader, valencePerWord, winkSentiment } from "./judge/scorers/sentiment.stage.ts"
export { type Loss, type LossFunction, type LossInput, LossParameter, type LossSide, loss } from "./objective/loss.ts"
export { bo2, cdpo, dpo, exponential, ipo, ipoAveraged, kto, savage, simpo, slic, truncatedQuadratic } from "./objective/losses.ts"
export type { PolicySize } from "./parameter.ts"
export { type ArchitectureFunction, architecture } from "./policy/architecture/declare-architecture.ts"
export { bestOfN } from "./preferences/best-of-n.stage.ts"
export { contrasts } from "./preferences/contrasts.stage.ts"
export { label, relabel } from "./preferences/label.stage.ts"
export { mislabel } from "./preferences/mislabel.stage.ts"
export { draw, flip } from "./preferences/noise.ts"
export { sample } from "./preferences/sample.stage.ts"
export { serverSampler } from "./preferences/server-sampler.stage.ts"
export { shuffle } from "./preferences/shuffle.stage.ts"
export { splitByPrompt } from "./preferences/split-by-prompt.stage.ts"
export { subsetAtRandom, subsetByCoverage, subsetByQuality } from "./preferences/subset.stage.ts"
export { corpus, type TaskName } from "./task.ts"
export { type Task, type TaskParts, task } from "./task-declaration.ts"
export { goldenPolicy } from "./train/golden-policy.stage.ts"
export { optimize } from "./train/optimize.stage.ts"
export { optimizeOnline } from "./train/optimize-online.stage.ts"
export { policyAt } from "./train/policy-at.stage.ts"
export { sft } from "./train/sft.stage.ts"
