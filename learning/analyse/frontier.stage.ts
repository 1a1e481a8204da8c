import { anyNumber, many, stage } from "assay"
import { Schema } from "effect"
import { Classification, Evaluation, Figure, Metrics, Oracle, Points } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"

/**
 * Draws win rate against KL to the reference for every checkpoint of every arm, as a table of
 * points and as an SVG figure. An arm is a path in the record that is wired (`online`, `offline`);
 * `beta` and `seed` come from the sweeps around it, and other axes become part of its name where
 * they differ. There is one panel per opponent and β.
 *
 * Each point estimates mean KL (nats, exact per token, summed over the response) and win rate (ties
 * as ½), for a single run, and for all seeds of an arm together at steps that all of them have.
 * Intervals are 95 %: over prompts for one run, over seeds and prompts for several (see Intervals),
 * or over worlds and prompts where the sweep has several of an axis `world`, whose seeds are then
 * averaged. Worlds that were asked different prompts have no points together. Several responses to
 * one prompt count as one value, their mean. `accuracy` is that on given preferences where the
 * classifications have them, else on own samples. With the `metrics` of the arms' training, the
 * caption says in which of steps, pairs and labels their budgets differ.
 *
 * An `oracle` is drawn as a grey line in the panels of its opponent: no policy can be above it.
 * Each point then has an `efficiency`, its share of the oracle's gain over the reference at the
 * same KL, (W − ½) / (W* − ½), and the stage prints a table of them. Several oracles of one
 * opponent, such as one for each world's reference, are averaged.
 */
export const frontier = stage({
  name: "frontier",
  inputs: {
    evaluations: many(Evaluation),
    classifications: anyNumber(Classification),
    metrics: anyNumber(Metrics),
    oracle: anyNumber(Oracle),
  },
  parameters: {
    /** The heading of the figure. */
    title: withDefault(Schema.String, "Win rate against KL to the reference"),
    /** A statement under the title: what arms differ in, what gold was learned from. */
    caption: withDefault(Schema.String, ""),
  },
  outputs: { points: Points, figure: Figure },
  run: () => import("./frontier.ts"),
})
