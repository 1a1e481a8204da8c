import { many, stage } from "assay"
import { Schema } from "effect"
import { Evaluation, Figure, Marks } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

/**
 * Draws arms along an axis of a sweep (`size`, `window`, `learningRate`): the win rate of each at
 * one KL to the reference and, where a `baseline` is named (an arm by its path, joined by spaces),
 * how far it is ahead of that arm at the same place of the axis, paired by world, seed and prompt.
 * An arm that does not get to that KL has no mark, and the stage prints which. Intervals are 95 %,
 * over worlds, seeds and prompts (see Intervals). One panel per opponent and quantity; numbers on
 * the axis are sorted, other values come in order of appearance. Axes other than this one, world
 * and seed become part of an arm's name where they differ. Throws a StageError `NoSuchAxis` where a
 * run lacks the axis.
 */
export const alongAxis = stage({
  name: "along-axis",
  inputs: { evaluations: many(Evaluation) },
  parameters: {
    /** The name of an axis of a sweep, such as `size`. */
    axis: Schema.String,
    /** The arm to compare the others with, by its path joined by spaces; empty for none. */
    baseline: withDefault(Schema.String, ""),
    /** KL to the reference at which arms are compared, in nats. */
    kl: withDefault(Schema.Finite.check(Schema.isGreaterThan(0)), 2),
    /** The name of the opponent that is the reference: against it a win rate at a KL of 0 is ½. */
    reference: withDefault(Schema.String, "sft"),
    /** The heading of the figure. */
    title: Schema.String,
    /** A statement under the heading. */
    caption: withDefault(Schema.String, ""),
  },
  outputs: { marks: Marks, figure: Figure },
  run: () => import("./along-axis.ts"),
})
