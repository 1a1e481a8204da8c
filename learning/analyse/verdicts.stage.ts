import { anyNumber, many, stage } from "assay"
import { Schema } from "effect"
import { Classification, Estimates, Evaluation, Report, Verdicts } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"
import { Claim } from "./claim.ts"

/**
 * Decides claims whose rules were fixed before the runs. Each is estimated with a 95 % interval
 * over worlds, seeds and prompts, for which variances are pooled over all claims of the stage. An
 * "above" claim is *supported* where the interval lies above its threshold, *opposite* where it
 * lies below, *negligible* where it excludes a difference of `margin` or more, else *inconclusive*,
 * with the smallest difference that would have been found with power 0.8; and *not measurable*
 * where an arm does not get to the KL that is asked for. "below" is its mirror image. A "within"
 * claim is supported where the interval lies within ± its threshold, and opposite where it lies
 * outside. Primary claims are held to Holm's procedure, exploratory ones to that of Benjamini and
 * Hochberg, both over the claims of this stage, so that all primary claims of a study belong into
 * one stage.
 *
 * Worlds are the values of an axis "world": runs of one world share what was drawn once (SFT, data,
 * judges), so the mean of each world counts as one observation. Without that axis seeds do.
 *
 * Throws a StageError `NoSuchArm` where a claim does not name exactly one arm, `NoSuchOpponent`,
 * `NoSuchSource`, or `Unpaired` where two arms have different worlds or seeds.
 */
export const verdicts = stage({
  name: "verdicts",
  inputs: { evaluations: many(Evaluation), classifications: anyNumber(Classification) },
  parameters: {
    /** The claims, each with the rule that decides it; the block below has their form. */
    claims: Schema.Array(Claim),
    /** The opponent that is the reference: against it a win rate at a KL of 0 is ½. */
    reference: withDefault(Schema.String, "sft"),
  },
  outputs: { verdicts: Verdicts, estimates: Estimates, table: Report },
  run: () => import("./verdicts.ts"),
})
