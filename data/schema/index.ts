/** The columns of the public tables. Names and types are a contract with foreign readers. */

export { type ClassificationRow, classification } from "./classification.ts"
export { type EvaluationRow, evaluation } from "./evaluation.ts"
export { type MarkRow, marks } from "./marks.ts"
export { type MetricRow, metrics } from "./metrics.ts"
export { type PointRow, points } from "./points.ts"
export { type PreferenceRow, preferences } from "./preferences.ts"
export { type PromptRow, prompts } from "./prompts.ts"
export { type ResponseRow, responses } from "./responses.ts"
export { type SummaryRow, summary } from "./summary.ts"
export { type TextRow, text } from "./text.ts"
export { type VerdictRow, verdicts } from "./verdicts.ts"
