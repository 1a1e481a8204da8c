import { many, optional, stage } from "assay"
import { Schema } from "effect"
import { EnsembleWeights, Preferences, ProxyJudge } from "../artifacts.ts"
import { Seed, withDefault } from "../parameter.ts"
import { ensembleScorer } from "./scorers/trained.ts"

/**
 * A proxy made of proxies: its log-odds that the first of two responses is better are a weighted
 * sum of those of its members (a logarithmic opinion pool, Genest and Zidek 1986). Without
 * `weights` all have the same, 1 over their number, which is good for members that are about
 * equally good; where they are not, it is worse than the better one alone: see `ensembleWeights`.
 * Its labels are those of its members, each set once, and those that the weights were fitted to.
 *
 *   const members = { words, model }
 *   ensemble({ members, weights: ensembleWeights({ members, preferences: heldOut, seed: 1 }) })
 *
 * A member that has no probability votes with log-odds of ±13.8, those of 1 − 10⁻⁶. Throws a
 * StageError `UnlikeMembers` where the weights were fitted to other judges.
 */
export const ensemble = stage({
  name: "ensemble",
  inputs: { members: many(ProxyJudge), weights: optional(EnsembleWeights) },
  parameters: {},
  outputs: { judge: ProxyJudge },
  plugins: { judge: { plugin: ensembleScorer, inputs: ["members"] } },
  run: () => import("./ensemble.ts"),
})

/**
 * How much each member of an ensemble counts: the weights of a logistic regression of labels on the
 * members' log-odds, ties as half a win of each, with a ridge of one pair. `preferences` must be
 * pairs that no member has learned from (`splitByPrompt`), else the member that has memorised most
 * gets all. They are labels too, and count with the members'. `weights.json` has the weights and,
 * over the pairs that are not ties, the share that each member, equal weights and fitted weights
 * order as they are; the last by cross-validation over `folds` of the prompts. Throws a StageError
 * `TooLittleData` where there are fewer prompts than folds, or only ties.
 */
export const ensembleWeights = stage({
  name: "ensemble-weights",
  inputs: { members: many(ProxyJudge), preferences: Preferences },
  parameters: {
    /** In how many parts the prompts are cross-validated. */
    folds: withDefault(Schema.Int.check(Schema.isGreaterThanOrEqualTo(2)), 5),
    /** Draws the folds. */
    seed: Seed,
  },
  outputs: { weights: EnsembleWeights },
  engine: true,
  run: () => import("./ensemble-weights.ts"),
})
