import { anyNumber, many, optional, stage } from "assay"
import { Checkpoints, Classification, Evaluation, GoldJudge, Policy, Preferences, Prompts, Summary, Text } from "../artifacts.ts"
import { Count, Seed, Split, withDefault } from "../parameter.ts"

/**
 * Plays every checkpoint of a run against each opponent (`{ sft: reference, golden }`; one alone is called `sft` if it is the reference), on
 * `count` prompts of a split, one response each, judged by gold. Equal seeds give all runs the same prompts and random numbers, so that
 * arms are compared pairwise.
 * - `evaluation` has each response: outcome, scores, divergence from the reference, length. `truth` is the scorer behind a learned gold judge, `independent`
 *   one that nobody was trained on; words that are not in `text` are counted as non-words.
 * - `classification` has, for each checkpoint, how it orders pairs that gold has ordered: two draws of its own to each prompt (`samples`), and
 *   up to `count` of each given table of preferences, by its name (`preferences` for one alone). Hand over pairs that no arm was trained on, or it measures how well they
 *   were learnt by heart; pairs labelled by a proxy are ordered by gold first.
 * Prompts are cut as in `sample`, and given pairs as in `optimize`, where they do not fit a policy's context; the stage says so.
 * - `summary` has each checkpoint against each opponent in one row.
 */
export const evaluate = stage({
  name: "evaluate",
  inputs: {
    run: Checkpoints,
    reference: Policy,
    prompts: Prompts,
    opponent: many(Policy),
    judge: GoldJudge,
    truth: optional(GoldJudge),
    independent: optional(GoldJudge),
    preferences: anyNumber(Preferences),
    text: optional(Text),
  },
  parameters: {
    count: withDefault(Count, 256),
    seed: withDefault(Seed, 0),
    split: withDefault(Split, "test"),
    maxNewTokens: withDefault(Count, 48),
  },
  outputs: { evaluation: Evaluation, classification: Classification, summary: Summary },
  renamed: { longest: "maxNewTokens" },
  engine: true,
  run: () => import("./evaluate.ts"),
})
