import { many, stage } from "assay"
import { Schema } from "effect"
import { Evaluation, Figure, Gaps } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"
import { ArmOf, Kl } from "./claim.ts"

/**
 * Draws gaps in win rate between pairs of arms against KL, each with the band of its 95 % interval
 * over worlds, seeds and prompts: read off one smooth curve for each run, and up to the KL that all
 * runs of both arms get to. Panels and series come in the order in which they are written; series
 * that are numbers are sorted and coloured by size. The title says what came out unless one is
 * given. Throws a StageError `NoSuchArm`, `NoSuchOpponent`, `Unpaired`, or `NoPoints` where no two
 * arms get to any of the KLs.
 */
export const gapOverKl = stage({
  name: "gap-over-kl",
  inputs: { evaluations: many(Evaluation) },
  parameters: {
    /** Pairs of arms: the gap is the first less the second. */
    gaps: Schema.Array(
      Schema.Struct({
        /** A panel of the figure, such as a task. */
        panel: Schema.String,
        /** A line of the panel, such as a learning rate. */
        series: Schema.Union([Schema.Finite, Schema.String]),
        first: ArmOf,
        second: ArmOf,
      }),
    ).check(Schema.isMinLength(1)),
    /** KLs to the reference, in nats, in ascending order. */
    kl: withDefault(Schema.Array(Kl).check(Schema.isMinLength(1)), [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4]),
    /** The opponent that win rates are against. */
    against: withDefault(Schema.String, "sft"),
    /** The name of the opponent that is the reference: against it a win rate at a KL of 0 is ½. */
    reference: withDefault(Schema.String, "sft"),
    /** What arms are called: the first and the second of every pair. */
    names: Schema.Struct({ first: Schema.String, second: Schema.String }),
    /** What series are values of. */
    seriesName: withDefault(Schema.String, "learning rate"),
    /** The heading of the figure; what came out if empty. */
    title: withDefault(Schema.String, ""),
    /** A statement under the heading. */
    caption: withDefault(Schema.String, ""),
  },
  outputs: { gaps: Gaps, figure: Figure },
  run: () => import("./gap-over-kl.ts"),
})
