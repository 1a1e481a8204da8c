import { stage } from "assay"
import { Checkpoints, Metrics, Policy, Preferences, Prompts, ProxyJudge } from "../artifacts.ts"
import { Count, otherwise } from "../parameter.ts"
import { optimizerParameters } from "./optimize.stage.ts"

/**
 * Online preference optimisation: every step draws two fresh responses to each of `batch` prompts of the training split from the policy as it
 * is, has the proxy say which is better, and takes one step of the same loss as offline; no gradient flows through the sampling.
 * `stream` is every pair in the order in which the learner saw it.
 */
export const optimizeOnline = stage({
  name: "optimize-online",
  inputs: { reference: Policy, prompts: Prompts, judge: ProxyJudge },
  parameters: { ...optimizerParameters, longest: otherwise(Count, 48) },
  outputs: { checkpoints: Checkpoints, stream: Preferences, metrics: Metrics },
  engine: true,
  run: () => import("./optimize-online.ts"),
})
