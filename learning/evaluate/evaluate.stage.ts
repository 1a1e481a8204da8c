import { optional, stage } from "assay"
import { Checkpoints, Classification, Evaluation, GoldJudge, Policy, Preferences, Prompts } from "../artifacts.ts"
import { Count, otherwise, Seed, Split } from "../parameter.ts"

/**
 * Plays every checkpoint of a run against an opponent, on `count` prompts of a split, one response each, judged by gold. Equal seeds give
 * all runs the same prompts and random numbers, so that arms are compared pairwise.
 * `evaluation` has outcome, gold score and exact KL to the reference (nats) of each response. `classification` has, for each checkpoint,
 * the margin Δ of pairs that gold has ordered: two draws of its own to each prompt (`samples`), and up to `count` of the given preferences
 * (`preferences`; hand over pairs that no arm was trained on, or it measures how well they were learnt by heart).
 */
export const evaluate = stage({
  name: "evaluate",
  inputs: { run: Checkpoints, reference: Policy, prompts: Prompts, opponent: Policy, judge: GoldJudge, preferences: optional(Preferences) },
  parameters: {
    count: otherwise(Count, 256),
    seed: otherwise(Seed, 0),
    split: otherwise(Split, "test"),
    longest: otherwise(Count, 48),
  },
  outputs: { evaluation: Evaluation, classification: Classification },
  engine: true,
  run: () => import("./evaluate.ts"),
})
