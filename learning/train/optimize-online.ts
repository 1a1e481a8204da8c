import type { Run } from "assay"
import { readJudge } from "../judge/read.ts"
import { learnOnline } from "./online.ts"
import type { optimizeOnline } from "./optimize-online.stage.ts"

export const run: Run<typeof optimizeOnline> = async (context) =>
  learnOnline(context, await readJudge(context.inputs.judge, context.engine, null))
