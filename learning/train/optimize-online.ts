import type { Run } from "assay"
import { proxyJudge, readPreferenceModel } from "../judge/preference-model.ts"
import { learnOnline } from "./online.ts"
import type { optimizeOnline } from "./optimize-online.stage.ts"

export const run: Run<typeof optimizeOnline> = async (context) => {
  const { judge } = context.inputs
  await learnOnline(context, proxyJudge(await readPreferenceModel(judge), judge.digest, context.engine))
}
