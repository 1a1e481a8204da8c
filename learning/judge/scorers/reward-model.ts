import { hasForm } from "../preference-model.ts"
import { readRewardModel, rewardModelJudge } from "../reward-model.ts"
import type { ScorerContext, Scoring } from "../scorer.ts"
import { run as comparePreferences } from "./preference-model.ts"

/** A reward model in `transformers`' files; one that Assay trained says how it reads texts. */
export const run = async (context: ScorerContext<Parameters, unknown>): Promise<Scoring> => {
  const { files, parameters, engine } = context
  if (await hasForm(files)) return comparePreferences(context)
  return { ...rewardModelJudge(await readRewardModel(files, parameters.appendEndOfText), engine), keeps: "batches" }
}

interface Parameters {
  readonly appendEndOfText: boolean
}
