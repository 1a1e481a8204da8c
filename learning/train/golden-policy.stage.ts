import { stage } from "assay"
import { GoldJudge } from "../artifacts.ts"
import { onlineTraining } from "./optimize-online.stage.ts"

/**
 * The golden policy: trained online *directly against the gold judge*, which no method under
 * comparison may do. It is an opponent for win rates (Tang et al. 2024, section 3), and an upper
 * bound; all else is as in `optimizeOnline`. Gold ties more pairs than a proxy does, and a step
 * learns from those that it does not tie: see `perPrompt`, and `useful_pairs` of `metrics`.
 */
export const goldenPolicy = stage({
  name: "golden-policy",
  ...onlineTraining,
  inputs: { ...onlineTraining.inputs, judge: GoldJudge },
  engine: true,
  run: () => import("./golden-policy.ts"),
})
