import { oneOf, optional, stage } from "assay"
import { GoldJudge, Metrics, Preferences, ProxyJudge } from "../artifacts.ts"

/**
 * How a judge agrees with labels that are there: of the pairs whose label is no tie, the share that the judge orders alike, its own ties counted half. Metrics, at step 0:
 * `accuracy`, `pairs`, `tie_share` (of the labels), `judge_tie_share`, and `accuracy: <source>` where the labels are of several. With pairs for a `baseline`, also
 * `baseline_accuracy`: what a bag of words and neighbours fitted to those reaches.
 */
export const agreement = stage({
  name: "agreement",
  inputs: { judge: oneOf(GoldJudge, ProxyJudge), preferences: Preferences, baseline: optional(Preferences) },
  parameters: {},
  outputs: { metrics: Metrics },
  engine: true,
  run: () => import("./agreement.ts"),
})
