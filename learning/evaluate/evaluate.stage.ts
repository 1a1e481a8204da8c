import { anyNumber, many, optional, stage } from "assay"
import { Checkpoints, Classification, Evaluation, GoldJudge, Policy, Preferences, Prompts, Summary, Text } from "../artifacts.ts"
import { Count, Seed, Split, withDefault } from "../parameter.ts"

/**
 * Plays every checkpoint of a run against each opponent (`{ sft: reference, golden }`; a single one
 * is called `sft` if it is the reference), on `count` prompts of a split, one response each at
 * temperature 1, judged by gold. Equal seeds give all runs the same prompts and random numbers, so
 * that arms can be compared pairwise.
 * - `evaluation` has one row per response and opponent: outcome, scores, divergence from the
 *   reference (nats), length (tokens). `truth` is the scorer behind a learned gold judge,
 *   `independent` one that nothing was trained on; words that are not in `text` are counted as
 *   non-words.
 * - `classification` says how each checkpoint orders pairs that gold has ordered: two responses of
 *   its own to each prompt (`samples`), and up to `count` of each table of `preferences`, by its
 *   name (`preferences` for a single one). Use pairs that no arm was trained on, or it measures how
 *   well they were memorised; pairs labelled by a proxy are ordered by gold first.
 * - `summary` has one row per checkpoint and opponent.
 *
 * Prompts that do not fit a policy's context are cut as in `sample`, and pairs as in `optimize`;
 * the stage prints how many. Throws a StageError `NotComparable` where the policies differ in
 * tokenizer or the reference in shape, `SameName`, or `NoPrompts`.
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
