import { oneOf, optional, stage } from "assay"
import { Schema } from "effect"
import { GoldJudge, Preferences, ProxyJudge, Responses } from "../artifacts.ts"
import { Seed, withDefault } from "../parameter.ts"
import { Noise, Ties } from "./noise.ts"

/**
 * How an annotator turns verdicts of a judge into labels; `seed` names the random numbers of noise
 * and ties.
 */
const annotation = {
  /** What becomes of ties: marked and kept, dropped, or decided at random. */
  ties: withDefault(Ties, "mark"),
  /** How the annotator strays from the judge, such as `flip({ probability: 0.1 })`. */
  noise: withDefault(Noise, { _tag: "none" }),
  /** Draws noise, ties that are decided at random, and one pair per prompt where that is asked. */
  seed: withDefault(Seed, 0),
}

/**
 * Pairs the responses to each prompt and has a judge say which is better. Ties are marked, not
 * dropped, unless `ties` says otherwise. `pairing`: "untied" makes one pair a prompt, drawn from
 * those that the judge does not tie (from any, if it ties all); "disjoint" makes a pair of samples
 * 0 and 1, of 2 and 3, and so on; "all" makes every pair.
 *
 * With `opponents`, the pairs are of two policies: "disjoint" pairs the i-th response of one with
 * the i-th of the other, "all" makes every pair across, and "untied" draws one of those. Both
 * tables must answer the same prompts in the same order, else a StageError `UnlikePrompts` says
 * where they differ. `policy_key` is then absent: a pair has two.
 *
 * Tables may be larger than memory. Responses to one prompt must stand together, else a StageError
 * `ScatteredPrompt` says where they do not.
 */
export const label = stage({
  name: "label",
  inputs: { responses: Responses, opponents: optional(Responses), judge: oneOf(GoldJudge, ProxyJudge) },
  parameters: {
    /** Which pairs of a prompt's responses to label. */
    pairing: withDefault(Schema.Literals(["untied", "disjoint", "all"]), "untied"),
    ...annotation,
  },
  outputs: { preferences: Preferences },
  engine: true,
  run: () => import("./label.ts"),
})

/**
 * The same pairs judged again, by another judge or under other noise: same order, same `pair_id`,
 * `step` and `position`, other labels. So a stream that a proxy labelled can be had as gold would
 * have labelled it.
 */
export const relabel = stage({
  name: "relabel",
  inputs: { preferences: Preferences, judge: oneOf(GoldJudge, ProxyJudge) },
  parameters: annotation,
  outputs: { preferences: Preferences },
  engine: true,
  run: () => import("./relabel.ts"),
})
