/** The standard stages of preference-optimisation experiments, and the artifacts that flow between them. Imported as `assay/stages`. */

export { bestOfN } from "./arms/best-of-n.stage.ts"
export { mislabel } from "./arms/mislabel.stage.ts"
export { shuffle } from "./arms/shuffle.stage.ts"
export { subsetAtRandom, subsetByCoverage, subsetByQuality } from "./arms/subset.stage.ts"
export {
  Checkpoints,
  Classification,
  Demonstrations,
  Evaluation,
  Figure,
  GoldJudge,
  Marks,
  Metrics,
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
export { accuracyAgainstWinRate } from "./evaluate/accuracy-against-win-rate.stage.ts"
export { alongAxis } from "./evaluate/along-axis.stage.ts"
export { evaluate } from "./evaluate/evaluate.stage.ts"
export { fitToText } from "./evaluate/fit-to-text.stage.ts"
export { frontier } from "./evaluate/frontier.stage.ts"
export { overTraining } from "./evaluate/over-training.stage.ts"
export { report } from "./evaluate/report.stage.ts"
export { verdicts } from "./evaluate/verdicts.stage.ts"
export { importPolicy } from "./interchange/import-policy.ts"
export { importPreferences } from "./interchange/import-preferences.stage.ts"
export { agreement } from "./judge/agreement.stage.ts"
export { annotators } from "./judge/annotators.stage.ts"
export { bradleyTerry } from "./judge/bradley-terry.stage.ts"
export { contrasts } from "./judge/contrasts.stage.ts"
export { goldenClassifier } from "./judge/golden-classifier.stage.ts"
export { label, relabel } from "./judge/label.stage.ts"
export { draw, flip } from "./judge/noise.ts"
export { goldenPreferenceModel, preferenceModel } from "./judge/preference-model.stage.ts"
export { bo2, cdpo, dpo, exponential, ipo, ipoAveraged, kto, savage, simpo, slic, truncatedQuadratic } from "./objective/loss.ts"
export { sample } from "./sample/sample.stage.ts"
export { corpus } from "./task/corpus.ts"
export { goldenPolicy } from "./train/golden-policy.stage.ts"
export { optimize } from "./train/optimize.stage.ts"
export { optimizeOnline } from "./train/optimize-online.stage.ts"
export { policyAt } from "./train/policy-at.stage.ts"
export { sft } from "./train/sft.stage.ts"
