import { many, stage } from "assay"
import { Schema } from "effect"
import { Evaluation, Figure, Marks } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

/**
 * Draws arms along an axis of a sweep (`size`, `window`, `learningRate`): the peak win rate of each
 * and, where a `baseline` is named (an arm by its path, joined by spaces), the difference to it in
 * win rate at equal KL, at the same place of the axis, paired by seed and prompt. Intervals are 95
 * %, over seeds and prompts (see Intervals). One panel per opponent and quantity; numbers on the
 * axis are sorted, other values come in order of appearance. Axes other than this one and the seed
 * become part of an arm's name where they differ. Throws a StageError `NoSuchAxis` where a run
 * lacks the axis.
 */
export const alongAxis = stage({
  name: "along-axis",
  inputs: { evaluations: many(Evaluation) },
  parameters: {
    /** The name of an axis of a sweep, such as `size`. */
    axis: Schema.String,
    /** The arm to compare the others with, by its path joined by spaces; empty for none. */
    baseline: withDefault(Schema.String, ""),
    /** The heading of the figure. */
    title: Schema.String,
    /** A statement under the heading. */
    caption: withDefault(Schema.String, ""),
  },
  outputs: { marks: Marks, figure: Figure },
  run: () => import("./along-axis.ts"),
})
