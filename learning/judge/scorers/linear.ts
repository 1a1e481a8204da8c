import { type FeatureSet, featuresOf, readLinear, scoreOf } from "../linear/index.ts"
import type { Pointwise, ScorerContext } from "../scorer.ts"
import { sigmoid } from "../verdict.ts"

/** Log-odds by a linear model that `bradleyTerry` or `goldenClassifier` has fitted. */
export const run = async ({ files, parameters }: ScorerContext<{ readonly features: FeatureSet }, unknown>): Promise<Pointwise> => {
  const model = await readLinear(files)
  return {
    keeps: "nothing",
    score: (responses) => responses.map(({ prompt, response }) => scoreOf(model, featuresOf(parameters.features, prompt, response))),
    probability: sigmoid,
  }
}
