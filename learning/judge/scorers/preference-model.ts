import { preferenceModelJudge, readPreferenceModel } from "../preference-model.ts"
import type { Pairwise, ScorerContext } from "../scorer.ts"

/** A preference model in `transformers`' files. */
export const run = async ({ files, engine }: ScorerContext<unknown, unknown>): Promise<Pairwise> => ({
  ...preferenceModelJudge(await readPreferenceModel(files), engine),
  isSymmetric: true,
  keeps: "batches",
})
