import { anyNumber, many, stage } from "assay"
import { Schema } from "effect"
import { Classification, Evaluation, Report, Verdicts } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

/** Values of some axes of a sweep. */
const Place = Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))

/**
 * Chooses an arm by its path (joined by spaces) and as many of its axes as tell it from others; the
 * seed is none of them.
 */
const ArmOf = Schema.Struct({
  arm: Schema.String,
  at: withDefault(Place, {}),
})

/**
 * What a claim is about. Differences are first less second, paired by seed and prompt. Win rates
 * count a tie as ½ and are in [0, 1], changes of log-likelihood are in nats. How each is estimated,
 * with its interval: `estimate` in learning/analyse/estimand.ts.
 */
export const Estimand = Schema.Union([
  /** Win rate at equal KL, averaged over the KLs that all runs of both arms reach. */
  Schema.Struct({ quantity: Schema.Literal("win rate at equal KL"), first: ArmOf, second: ArmOf, against: Schema.String }),
  /**
   * Win rate at the best checkpoint, chosen on one half of the prompts and measured on the other.
   */
  Schema.Struct({ quantity: Schema.Literal("peak win rate"), first: ArmOf, second: ArmOf, against: Schema.String }),
  /**
   * By how much the lead in peak win rate of the first arm over the second is larger at one place
   * of a sweep than at another: `to` less `from`.
   */
  Schema.Struct({
    quantity: Schema.Literal("change of a lead in peak win rate"),
    first: ArmOf,
    second: ArmOf,
    from: Place,
    to: Place,
    against: Schema.String,
  }),
  /**
   * Peak win rate of one arm, less that of its last checkpoint: what over-optimisation has cost.
   */
  Schema.Struct({ quantity: Schema.Literal("fall from the peak"), arm: ArmOf, against: Schema.String }),
  /** Peak win rate of one arm. */
  Schema.Struct({ quantity: Schema.Literal("peak"), arm: ArmOf, against: Schema.String }),
  /** The fraction of pairs of a source that the last checkpoint orders as gold does. */
  Schema.Struct({ quantity: Schema.Literal("accuracy"), arm: ArmOf, source: Schema.String }),
  /**
   * The mean change of log-likelihood, in nats, of chosen or rejected responses of a source at the
   * last checkpoint.
   */
  Schema.Struct({ quantity: Schema.Literals(["chosen change", "rejected change"]), arm: ArmOf, source: Schema.String }),
  /**
   * Differences of these changes between two arms, paired by seed and pair: of a source that is one
   * table for all.
   */
  Schema.Struct({ quantity: Schema.Literal("difference of chosen change"), first: ArmOf, second: ArmOf, source: Schema.String }),
  /** Pearson's, of accuracy on a source with win rate, over all checkpoints of all arms. */
  Schema.Struct({ quantity: Schema.Literal("correlation of accuracy with win rate"), source: Schema.String, against: Schema.String }),
])

/** An estimand as a pipeline writes it: `at` of an arm may be left out. */
export type Estimand = typeof Estimand.Encoded

export const Claim = Schema.Struct({
  /** The claim in words, as the table of verdicts shows it. */
  claim: Schema.String,
  /** The quantity that the claim is about. */
  estimand: Estimand,
  /** The estimand is above the threshold, below it, or within ± the threshold of 0. */
  direction: Schema.Literals(["above", "below", "within"]),
  /** In the unit of the quantity. */
  threshold: Schema.Finite,
  effect: Schema.optionalKey(Schema.Never.annotate({ message: '"effect" is now "estimand", and its "measure" is now "quantity"' })),
})
/** A claim as a pipeline writes it. */
export type Claim = typeof Claim.Encoded

/**
 * Decides claims whose rules were fixed before the runs. A claim is reproduced where the whole 95 %
 * interval of its estimate agrees with its rule, not reproduced where the whole interval
 * contradicts it, and undecided otherwise, also where there is nothing to estimate from. Throws a
 * StageError `NoSuchArm` where a claim does not name exactly one arm, `NoSuchOpponent`, or
 * `Unpaired`.
 */
export const verdicts = stage({
  name: "verdicts",
  inputs: { evaluations: many(Evaluation), classifications: anyNumber(Classification) },
  parameters: {
    /** The claims, each with the rule that decides it; the block below has their form. */
    claims: Schema.Array(Claim),
  },
  outputs: { verdicts: Verdicts, table: Report },
  run: () => import("./verdicts.ts"),
})
