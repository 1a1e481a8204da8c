import { declarePlugin, Schema } from "assay"
import { featureSets } from "../linear/feature-set.ts"

/*
 * The scorers of judges that a stage has fitted or imported. The stage writes the judge's whole
 * folder.
 */

/** Scores by a linear model: of judges that were fitted by `bradleyTerry` or `goldenClassifier`. */
export const linear = declarePlugin("scorer", {
  name: "linear",
  parameters: { features: Schema.Literals(featureSets) },
  run: () => import("./linear.ts"),
})

/** Compares by a preference model, or scores by a reward model: its `config.json` says which. */
export const preferenceModelScorer = declarePlugin("scorer", {
  name: "preference-model",
  parameters: {},
  run: () => import("./preference-model.ts"),
})

/** Scores by a reward model that was trained elsewhere. */
export const rewardModelScorer = declarePlugin("scorer", {
  name: "reward-model",
  parameters: { appendEndOfText: Schema.Boolean },
  run: () => import("./reward-model.ts"),
})

/** A weighted sum of the log-odds of judges, which lie in folders beside `judge.json`. */
export const ensembleScorer = declarePlugin("scorer", {
  name: "ensemble",
  parameters: { weights: Schema.Array(Schema.Finite) },
  run: () => import("./ensemble.ts"),
})

/** The verdicts of simulated annotators, whose ratings lie beside `judge.json`. */
export const annotatorsScorer = declarePlugin("scorer", {
  name: "annotators",
  parameters: { annotators: Schema.Int, seed: Schema.Int, standIns: Schema.Record(Schema.String, Schema.String) },
  run: () => import("./annotators.ts"),
})
