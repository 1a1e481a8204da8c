import { stage } from "assay"
import { Schema } from "effect"
import { Demonstrations, GoldJudge } from "../artifacts.ts"
import { Count, LearningRate, Seed, withDefault } from "../parameter.ts"
import { linear } from "./scorers/trained.ts"

/**
 * A gold judge fitted to labels: a logistic model of P(kind = `positive`) over the words and
 * neighbours of a whole passage, prompt and response, on the training split. The score of a
 * response is its log-odds. It is frozen: nothing trains it further, and online learners do not
 * take it. `judge.json` says what it was fitted to, and the area under its ROC curve on the test
 * split.
 */
export const goldenClassifier = stage({
  name: "golden-classifier",
  inputs: { text: Demonstrations },
  parameters: {
    /** The `kind` of passage that scores high, such as "ham". */
    positive: Schema.String,
    /** Orders the passages of each epoch. */
    seed: Seed,
    /** How many times to go through the passages. */
    epochs: withDefault(Count, 3),
    /** The learning rate of the logistic model. */
    learningRate: withDefault(LearningRate, 0.1),
  },
  outputs: { judge: GoldJudge },
  plugins: { judge: { plugin: linear } },
  run: () => import("./golden-classifier.ts"),
})
