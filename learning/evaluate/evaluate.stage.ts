import { anyNumber, optional, stage } from "assay"
import { Schema } from "effect"
import {
  Checkpoints,
  Classification,
  Evaluation,
  GoldJudge,
  Policy,
  Preferences,
  Prompts,
  ProxyJudge,
  Responses,
  Summary,
  Text,
} from "../artifacts.ts"
import { Count, Seed, Split, withDefault } from "../parameter.ts"

const Kl = Schema.Finite.check(Schema.isGreaterThan(0))

/**
 * Which checkpoints of a run to evaluate: those that bracket a grid of KLs to the reference, as
 * `pilot` responses of each find them.
 */
const Bracketing = Schema.Struct({
  /** KLs at which runs will be compared, nats. */
  bracketing: Schema.Array(Kl).check(Schema.isMinLength(1)),
  /** Responses of every checkpoint that its KL is estimated from. */
  pilot: withDefault(Count, 64),
  /** The most checkpoints to evaluate; as many as the grid has KLs, and 2 at least, if absent. */
  most: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(2))),
})

/**
 * Compares checkpoints of a run with opponents, on `count` prompts of a split, `perPrompt`
 * responses each at temperature 1; the gold judge says which response is better. An `opponent` is a
 * policy, which answers every prompt once; `answers` are stored responses of one, several to each
 * prompt, drawn once for all runs by `sample` at temperature 1. A response's `outcome` is then the
 * probability of winning against a random one of them: that takes the chance of a single answer out
 * of a run's win rate. (Of a difference between two runs it takes little out, because both meet the
 * same answers: that needs more prompts.) Each opponent is called by its name in the record (`{
 * sft: …, golden: … }`); a single one that is not in a record is called `sft` if it is the
 * reference.
 *
 * Equal seeds give all runs the same prompts and random numbers, so that arms can be compared
 * pairwise. Prompts that stored answers lack are left out.
 *
 * `checkpoints: { bracketing: [1, 2, 3, 4] }` evaluates only checkpoints that bracket these KLs:
 * every checkpoint answers `pilot` prompts; those that a later one undercuts are left out, and of
 * the others, in order of KL, it takes for each K the last one below and the first one above, the
 * furthest where the grid is not reached, and at most `most`: the ends stay, and between them those
 * are left out whose absence widens the brackets least. The stage prints which were chosen. Four
 * checkpoints with 1,024 responses cost about as much as ten with 400.
 *
 * - `evaluation` has one row per response and opponent: outcome, scores, divergence from the
 *   reference (nats), log π/π_ref of each token, length (tokens). With a `proxy` it has the proxy's
 *   probability of the same outcome: where the proxy's win rate goes on rising and gold's does not,
 *   the run over-optimises the proxy (Gao et al. 2023). `truth` is the judge whose labels a learned
 *   gold judge was fitted to, `independent` one that nothing was trained on; words that are not in
 *   `text` are counted as non-words.
 * - `classification` says how each checkpoint orders pairs that gold has ordered: two responses of
 *   its own to each prompt (`samples`), and some of each table of `preferences`, by its name
 *   (`preferences` for a single one), up to `pairs` of each. Use pairs that no arm was trained on,
 *   or it measures how well they were memorised; pairs labelled by a proxy are ordered by gold
 *   first.
 * - `summary` has one row per checkpoint and opponent.
 *
 * Prompts that do not fit a policy's context are cut as in `sample`, and pairs as in `optimize`;
 * the stage prints how many. Throws a StageError `NotComparable` where the policies or stored
 * answers differ in tokenizer, the reference in shape, or stored answers are longer than
 * `maxNewTokens`; `NoOpponent`, `SameName`, `NoPrompts`, or
 * `NoAnswers` where no prompt of the split has stored answers.
 */
export const evaluate = stage({
  name: "evaluate",
  inputs: {
    run: Checkpoints,
    reference: Policy,
    prompts: Prompts,
    /** Policies to compare with; they answer every prompt once. */
    opponent: anyNumber(Policy),
    /** Stored responses to compare with, one table per opponent. */
    answers: anyNumber(Responses),
    /** Says which response wins. */
    judge: GoldJudge,
    /**
     * A judge to compare gold with, such as the one that an online run was optimised against: it is
     * shown every response with every answer, and says how likely the response wins.
     */
    proxy: optional(GoldJudge, ProxyJudge),
    /** The judge whose labels a learned `judge` was fitted to, for its scores. */
    truth: optional(GoldJudge),
    /** A judge that nothing was trained on, for its scores. */
    independent: optional(GoldJudge),
    preferences: anyNumber(Preferences),
    text: optional(Text),
  },
  parameters: {
    /** How many prompts to answer. */
    count: withDefault(Count, 256),
    /** Responses of a checkpoint to each prompt: more than 1 where there are few prompts. */
    perPrompt: withDefault(Count.check(Schema.isLessThanOrEqualTo(1024)), 1),
    /** Which checkpoints: "all", or those that bracket a grid of KLs. */
    checkpoints: withDefault(Schema.Union([Schema.Literal("all"), Bracketing]), "all"),
    /** How many pairs of each source to order; `count` if absent. */
    pairs: Schema.optionalKey(Count),
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
