import { stage } from "assay"
import { Schema } from "effect"
import { Preferences } from "../artifacts.ts"
import { Seed } from "../parameter.ts"

/**
 * Label noise: each pair that is not a tie has its two responses exchanged with probability
 * `fraction`, independently. Scores stay with their responses, so `score_chosen < score_rejected`
 * tells where.
 */
export const mislabel = stage({
  name: "mislabel",
  inputs: { preferences: Preferences },
  parameters: {
    /** The probability that a pair's responses are exchanged. */
    fraction: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
    /** Draws the pairs to exchange. */
    seed: Seed,
  },
  outputs: { preferences: Preferences },
  renamed: { share: "fraction" },
  run: () => import("./mislabel.ts"),
})
