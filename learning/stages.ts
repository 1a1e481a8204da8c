/** The standard stages of preference-optimisation experiments, and the artifacts that flow between them. Imported as `assay/stages`. */

export {
  Checkpoints,
  Classification,
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
  Report,
  Responses,
  Summary,
  Text,
  Verdicts,
} from "./artifacts.ts"
export { alongAxis } from "./evaluate/along-axis.stage.ts"
export { evaluate } from "./evaluate/evaluate.stage.ts"
export { frontier } from "./evaluate/frontier.stage.ts"
export { overTraining } from "./evaluate/over-training.stage.ts"
export { report } from "./evaluate/report.stage.ts"
export { verdicts } from "./evaluate/verdicts.stage.ts"
export { importPolicy } from "./interchange/import-policy.ts"
export { importPreferences } from "./interchange/import-preferences.stage.ts"
export { label } from "./judge/label.stage.ts"
export { preferenceModel } from "./judge/preference-model.stage.ts"
export { dpo, ipo } from "./objective/loss.ts"
export { sample } from "./sample/sample.stage.ts"
export { corpus } from "./task/corpus.ts"
export { optimize } from "./train/optimize.stage.ts"
export { optimizeOnline } from "./train/optimize-online.stage.ts"
export { sft } from "./train/sft.stage.ts"
