import { stage } from "assay"
import { Schema } from "effect"
import { Checkpoints, Metrics, Policy, Preferences, Prompts, ProxyJudge } from "../artifacts.ts"
import { Count, withDefault } from "../parameter.ts"
import { optimizerParameters } from "./optimize.stage.ts"

/** What online training takes beside a judge, and what it leaves. */
export const onlineTraining = {
  inputs: { reference: Policy, prompts: Prompts },
  parameters: {
    ...optimizerParameters,
    /** Steps after which the policy that responses are drawn from is made the one that learns. */
    synchronise: withDefault(Count, 1),
    /** Responses drawn to each prompt, of which one pair is learnt from: at random one that the judge does not tie, if there is any. */
    perPrompt: withDefault(Schema.Int.check(Schema.isGreaterThanOrEqualTo(2)), 2),
    /** Tokens of a response, at most. */
    maxNewTokens: withDefault(Count, 48),
  },
  outputs: { checkpoints: Checkpoints, stream: Preferences, metrics: Metrics },
  renamed: { longest: "maxNewTokens", batch: "batchSize" },
} as const

/**
 * Online preference optimisation: every step draws two fresh responses to each of `batchSize` prompts of the training split from the policy as it
 * is, has the proxy say which is better, and takes one step of the same loss as offline; no gradient flows through the sampling.
 * `stream` is every pair in the order in which the learner saw it. With `synchronise` = s the responses come from the policy as it was
 * after the last multiple of s steps: s = 1 is online, s = `steps` draws all of them from the reference, and what lies between is semi-online.
 * Pairs that the proxy ties (mostly responses that are equal) keep their places without weight: a step learns from at most `batchSize` pairs, and
 * `useful_pairs` of `metrics` says from how many. With more than two responses `perPrompt`, there are fewer of them, for more labels.
 * What does not fit the policy's context or the proxy's is truncated as in `sample` and `optimize`, and counted by step in `metrics`: `truncated_prompts`,
 * `truncated_responses` and `empty_pairs` as the learner read them, `judge_truncated_prompts` and `judge_truncated_responses` as the proxy did. Fails with a
 * StageError `NothingToTrain` where no pair of the run had a weight.
 */
export const optimizeOnline = stage({
  name: "optimize-online",
  ...onlineTraining,
  inputs: { ...onlineTraining.inputs, judge: ProxyJudge },
  engine: true,
  run: () => import("./optimize-online.ts"),
})
