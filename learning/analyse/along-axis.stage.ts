import { many, stage } from "assay"
import { Schema } from "effect"
import { Evaluation, Figure, Marks } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

/**
 * How far arms get along an axis of a sweep (`size`, `window`, `learningRate`): the peak win rate of each, and where a `baseline` is named (an arm by its
 * path, joined by spaces) how far each is ahead of it at equal KL, at the same place of the axis, paired by seed and prompt. A panel for each opponent and
 * quantity; places of the axis in order of their numbers, else as they come. Other axes than this one and the seed become part of an arm's name where they differ.
 * Fails with a StageError `NoSuchAxis` where a run has no such axis.
 */
export const alongAxis = stage({
  name: "along-axis",
  inputs: { evaluations: many(Evaluation) },
  parameters: {
    axis: Schema.String,
    baseline: withDefault(Schema.String, ""),
    title: Schema.String,
    caption: withDefault(Schema.String, ""),
  },
  outputs: { marks: Marks, figure: Figure },
  run: () => import("./along-axis.ts"),
})
