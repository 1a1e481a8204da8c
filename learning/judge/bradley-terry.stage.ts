import { optional, stage } from "assay"
import { Schema } from "effect"
import { GoldJudge, Preferences } from "../artifacts.ts"
import { Count, LearningRate, Seed, withDefault } from "../parameter.ts"
import { featureSets } from "./linear/feature-set.ts"
import { linear } from "./scorers/trained.ts"

/**
 * A gold judge fitted to comparisons: the model of Bradley and Terry (1952), P(first better) =
 * σ(s(first) − s(second)), with a score that is linear in words, neighbours and, of "answer"
 * features, in how the response fits its prompt. Ties are left out. It is frozen: nothing trains it
 * further, and online learners do not take it. `judge.json` says what it was fitted to and, given
 * pairs that are `heldOut`, how many of them it orders as they are, by their source.
 */
export const bradleyTerry = stage({
  name: "bradley-terry",
  inputs: { preferences: Preferences, heldOut: optional(Preferences) },
  parameters: {
    /** Orders the pairs of each epoch. */
    seed: Seed,
    /**
     * "bag" scores the words and neighbours of a response; "answer" also how it fits its prompt.
     */
    features: withDefault(Schema.Literals(featureSets), "answer"),
    /** How many times to go through the pairs. */
    epochs: withDefault(Count, 3),
    /** The learning rate of the linear model. */
    learningRate: withDefault(LearningRate, 0.1),
  },
  outputs: { judge: GoldJudge },
  plugins: { judge: { plugin: linear } },
  run: () => import("./bradley-terry.ts"),
})
