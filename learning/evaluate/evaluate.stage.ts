import { anyNumber, many, optional, stage } from "assay"
import { Checkpoints, Classification, Evaluation, GoldJudge, Policy, Preferences, Prompts, Summary, Text } from "../artifacts.ts"
import { Count, Seed, Split, withDefault } from "../parameter.ts"

/**
 * Compares every checkpoint of a run with each opponent (`{ sft: reference, golden }`; a single one
 * is called `sft` if it is the reference), on `count` prompts of a split, one response each at
 * temperature 1; the gold judge says which response is better. Equal seeds give all runs the same
 * prompts and random numbers, so that arms can be compared pairwise.
 * - `evaluation` has one row per response and opponent: outcome, scores, divergence from the
 *   reference (nats), length (tokens). `truth` is the judge whose labels a learned gold judge was
 *   fitted to, `independent` one that nothing was trained on; words that are not in `text` are
 *   counted as non-words.
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
    /** Says which response wins. */
    judge: GoldJudge,
    /** The judge whose labels a learned `judge` was fitted to, for its scores. */
    truth: optional(GoldJudge),
    /** A judge that nothing was trained on, for its scores. */
    independent: optional(GoldJudge),
    preferences: anyNumber(Preferences),
    text: optional(Text),
  },
  parameters: {
    /** How many prompts to answer, and how many pairs of each table of preferences to order. */
    count: withDefault(Count, 256),
    /** Chooses the prompts and draws the responses. Give all runs to compare the same. */
    seed: withDefault(Seed, 0),
    /** Which prompts: "test" for those that were kept for evaluation. */
    split: withDefault(Split, "test"),
    /** The longest response, in tokens. */
    maxNewTokens: withDefault(Count, 48),
  },
  outputs: { evaluation: Evaluation, classification: Classification, summary: Summary },
  renamed: { longest: "maxNewTokens" },
  engine: true,
  run: () => import("./evaluate.ts"),
})
