/** What a claim is: a quantity of evaluated runs, and the rule that decides it. */

import { Schema } from "effect"
import { withDefault } from "../parameter.ts"

/** Values of some axes of a sweep. */
const Place = Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))

/**
 * Chooses an arm by its path (joined by spaces) and as many of its axes as tell it from others;
 * "seed" and "world" are none of them.
 */
const armOf = {
  arm: Schema.String,
  at: withDefault(Place, {}),
}
const ArmOf = Schema.Struct(armOf)

/** KL to the reference, in nats. */
const Kl = Schema.Finite.check(Schema.isGreaterThan(0))

/**
 * What a claim is about. All are means over worlds, seeds and prompts, of runs paired by world and
 * seed. Win rates count a tie as ½ and are in [0, 1]; log-likelihoods and KL are in nats. Values at
 * a KL are read off one smooth curve for each run, and are not measurable where a run does not get
 * there. How each is estimated: `observe` in learning/analyse/estimand.ts.
 */
export const Estimand = Schema.Union([
  /** The win rate of an arm at a KL. */
  Schema.Struct({ quantity: Schema.Literal("win rate"), ...armOf, against: Schema.String, kl: Kl }),
  /** The win rate of the first arm at a KL, less that of the second. */
  Schema.Struct({ quantity: Schema.Literal("gap"), first: ArmOf, second: ArmOf, against: Schema.String, kl: Kl }),
  /** The slope of the gap over these KLs, by least squares, per nat. */
  Schema.Struct({
    quantity: Schema.Literal("slope of the gap"),
    first: ArmOf,
    second: ArmOf,
    against: Schema.String,
    kl: Schema.Array(Kl).check(Schema.isMinLength(2)),
  }),
  /** A weighted sum of win rates at a KL: of four arms, an interaction or a main effect. */
  Schema.Struct({
    quantity: Schema.Literal("contrast"),
    terms: Schema.NonEmptyArray(Schema.Struct({ weight: Schema.Finite, ...armOf })),
    against: Schema.String,
    kl: Kl,
  }),
  /**
   * The highest win rate of an arm along its curve: measurable only where the curve has turned, so
   * that it is not the end of the budget.
   */
  Schema.Struct({ quantity: Schema.Literal("peak"), ...armOf, against: Schema.String }),
  /** The peak of the first arm less that of the second, where both curves have turned. */
  Schema.Struct({ quantity: Schema.Literal("difference of peaks"), first: ArmOf, second: ArmOf, against: Schema.String }),
  /** The slope of an arm's curve at its last checkpoint, per nat: below 0 it is over-optimised. */
  Schema.Struct({ quantity: Schema.Literal("slope at the end"), ...armOf, against: Schema.String }),
  /**
   * Of pairs of a source, at a KL: the share that the policy orders as gold does, a margin of 0
   * counting ½.
   */
  Schema.Struct({ quantity: Schema.Literal("accuracy"), ...armOf, source: Schema.String, kl: Kl }),
  /** The mean change of log-likelihood of their chosen responses, in nats. */
  Schema.Struct({ quantity: Schema.Literal("chosen change"), ...armOf, source: Schema.String, kl: Kl }),
  /** The same of their rejected responses. */
  Schema.Struct({ quantity: Schema.Literal("rejected change"), ...armOf, source: Schema.String, kl: Kl }),
  /** The change of log-likelihood of chosen responses of the first arm less that of the second. */
  Schema.Struct({
    quantity: Schema.Literal("difference of chosen change"),
    first: ArmOf,
    second: ArmOf,
    source: Schema.String,
    kl: Kl,
  }),
  /** Accuracy on pairs of a source where both arms have this win rate: first less second. */
  Schema.Struct({
    quantity: Schema.Literal("difference of accuracy"),
    first: ArmOf,
    second: ArmOf,
    source: Schema.String,
    against: Schema.String,
    winRate: Schema.Finite,
  }),
  /**
   * By how much win rate rises with accuracy on pairs of a source along one run, by least squares
   * over its checkpoints, averaged over all arms: no arm is compared with another.
   */
  Schema.Struct({ quantity: Schema.Literal("win rate by accuracy"), source: Schema.String, against: Schema.String }),
])
/** An estimand as a pipeline writes it: `at` of an arm may be left out. */
export type Estimand = typeof Estimand.Encoded
/** An estimand with its defaults filled in: every arm has its `at`. */
export type CompleteEstimand = typeof Estimand.Type

const part = {
  /** The quantity that the claim is about. */
  estimand: Estimand,
  /** It is above the threshold, below it, or within ± the threshold of 0. */
  direction: Schema.Literals(["above", "below", "within"]),
  /** In the unit of the quantity. */
  threshold: Schema.Finite,
}
/** One estimand and its rule. */
export const ClaimPart = Schema.Struct(part)

export const Claim = Schema.Struct({
  /** The claim in words, as the table of verdicts shows it. */
  claim: Schema.String,
  /**
   * "primary" for the few that a study was made for, held to Holm's procedure; "exploratory" for
   * others, to that of Benjamini and Hochberg; "check" for what must hold if all is well, to none.
   */
  family: withDefault(Schema.Literals(["primary", "exploratory", "check"]), "exploratory"),
  ...part,
  /** Further estimands: the claim is supported only where all are. */
  and: withDefault(Schema.Array(ClaimPart), []),
  /**
   * δ, in the unit of the quantity: a difference beyond the threshold that is smaller than this is
   * negligible. 0, the default of claims with a threshold other than 0, knows no such difference.
   */
  margin: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
})
/** A claim as a pipeline writes it. */
export type Claim = typeof Claim.Encoded
/** A claim with its defaults filled in. */
export type CompleteClaim = typeof Claim.Type
