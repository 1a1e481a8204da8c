import { type Answers, type FilesInput, StageError } from "assay"
import type { EngineSetting } from "../../engine/index.ts"
import type { Judge } from "./judge.ts"
import { judgeBy } from "./judge-by.ts"
import { readDescription } from "./judge-file.ts"
import { readLabelSets } from "./label-sets.ts"
import type { ScorerContext, Scoring } from "./scorer.ts"

type ScorerRun = (context: ScorerContext<unknown, Readonly<Record<string, unknown>>>) => Scoring | Promise<Scoring>

/**
 * The judge in a folder: `judge.json` describes it, and the plugin that came with the folder is its
 * scorer. What it has answered before is not computed again, unless `answers` is null, for texts
 * that hardly come back. Throws a StageError `JudgeFiles` where the folder is not a judge's.
 */
export const readJudge = async (files: FilesInput, engine: EngineSetting, answers: Answers | null = files.answers): Promise<Judge> => {
  const { judge: source, scorer, parameters, inputs } = await readDescription(files)
  const run = (await files.plugin()) as ScorerRun
  if (typeof run !== "function")
    throw new StageError("ScorerAnswer", `scorer ${scorer}: its module must export a function "run", and its "run" is ${typeof run}`)
  const { connection } = files
  const within = Object.fromEntries(inputs.map((port) => [port, files.within(port)]))
  const scoring = await run({ parameters, inputs: within, files, connection, engine })
  return { source, key: files.digest, labels: await readLabelSets(files), ...judgeBy(scorer, scoring, answers) }
}
