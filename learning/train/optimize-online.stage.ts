import { stage } from "assay"
import { Schema } from "effect"
import { Checkpoints, Metrics, Policy, Preferences, Prompts, ProxyJudge } from "../artifacts.ts"
import { Count, withDefault } from "../parameter.ts"
import { optimizerParameters } from "./optimize.stage.ts"

/** The inputs, but for the judge, the parameters and the outputs of online training. */
export const onlineTraining = {
  inputs: { reference: Policy, prompts: Prompts },
  parameters: {
    ...optimizerParameters,
    /** Every this many steps, the sampling policy is set to the current policy. */
    synchronise: withDefault(Count, 1),
    /**
     * Responses sampled for each prompt. Of their pairs one is learned from, drawn at random from
     * those that the judge does not tie.
     */
    perPrompt: withDefault(Schema.Int.check(Schema.isGreaterThanOrEqualTo(2)), 2),
    /** The longest response, in tokens. */
    maxNewTokens: withDefault(Count, 48),
  },
  outputs: { checkpoints: Checkpoints, stream: Preferences, metrics: Metrics },
  plugins: { checkpoints: { like: "reference" } },
  renamed: { longest: "maxNewTokens", batch: "batchSize" },
} as const

/**
 * Online preference optimisation: every step samples `perPrompt` responses to each of `batchSize`
 * prompts of the training split from the current policy, makes one pair a prompt of them that the
 * proxy labels, and takes one step of the same loss as offline. No gradient flows through the
 * sampling. `stream` is every pair in the order in which the learner saw it. With `synchronise` = s
 * the responses come from the policy as it was after the last multiple of s steps: s = 1 is online,
 * s = `steps` samples all of them from the reference, and values between are semi-online;
 * `staleness` of `metrics` says how far the two are apart. Pairs
 * that the proxy ties (mostly equal responses) keep their places with weight 0: a step learns from
 * at most `batchSize` pairs, and `useful_pairs` of `metrics` says from how many. More responses
 * `perPrompt` leave fewer ties, and cost more labels. What does not fit the policy's context or the
 * proxy's is truncated as in `sample` and `optimize`, and counted by step in `metrics`:
 * `truncated_prompts`, `truncated_responses` and `empty_pairs` as the learner read them,
 * `judge_truncated_prompts` and `judge_truncated_responses` as the proxy did. Fails with a
 * StageError `NothingToTrain` where no pair of the run had a weight.
 */
export const optimizeOnline = stage({
  name: "optimize-online",
  ...onlineTraining,
  inputs: { ...onlineTraining.inputs, judge: ProxyJudge },
  engine: true,
  run: () => import("./optimize-online.ts"),
})
