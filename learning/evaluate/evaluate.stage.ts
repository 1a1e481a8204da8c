import { optional, stage } from "assay"
import { Checkpoints, Classification, Evaluation, GoldJudge, Policy, Preferences, Prompts } from "../artifacts.ts"
import { Count, otherwise, Seed, Split } from "../parameter.ts"

/**
 * Plays every checkpoint of a run against an opponent, on `count` prompts of a split, one response each, judged by gold. Equal seeds give
 * all runs the same prompts and random numbers, so that arms are compared pairwise.
 * `evaluation` has outcome, gold score and exact KL to the reference (nats) of each response. `classification` has, for each checkpoint,
 * the margin Δ of pairs that gold has ordered: its own response against the opponent's (`samples`), and up to `count` of the given
 * preferences (`preferences`).
 */
export const evaluate = stage({
  name: "evaluate",
  inputs: { run: Checkpoints, reference: Policy, prompts: Prompts, opponent: Policy, judge: GoldJudge, preferences: optional(Preferences) },
  parameters: {
    count: otherwise(Count, 256),
    seed: otherwise(Seed, 0),
    split: otherwise(Split, "test"),
    longest: otherwise(Count, 32),
  },
  outputs: { evaluation: Evaluation, classification: Classification },
  engine: true,
  run: () => import("./evaluate.ts"),
})
