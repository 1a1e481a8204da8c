import type { Run } from "assay"
import { readJudge } from "../judge/read.ts"
import type { goldenPolicy } from "./golden-policy.stage.ts"
import { learnOnline } from "./online.ts"

export const run: Run<typeof goldenPolicy> = async (context) =>
  learnOnline(context, await readJudge(context.inputs.judge, context.engine, null))
