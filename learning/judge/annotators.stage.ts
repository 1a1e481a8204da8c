import { stage } from "assay"
import { GoldJudge, Ratings } from "../artifacts.ts"
import { Count, Seed, withDefault } from "../parameter.ts"
import { annotatorsScorer } from "./scorers/trained.ts"

/**
 * Simulated annotators, who disagree as the raters of VADER's lexicon did: each has, of every term,
 * one of its ten ratings, drawn once, and reads texts by VADER's rules with those. A pair is judged
 * by one of them, drawn by a hash of its texts in any order. Ratings of ±4 count as the nearest
 * mean in the lexicon (3.4 and −3.9).
 */
export const annotators = stage({
  name: "annotators",
  inputs: { ratings: Ratings },
  parameters: {
    /** How many annotators there are. */
    count: withDefault(Count, 10),
    /** Draws each annotator's ratings. */
    seed: Seed,
  },
  outputs: { judge: GoldJudge },
  plugins: { judge: { plugin: annotatorsScorer } },
  run: () => import("./annotators.ts"),
})
