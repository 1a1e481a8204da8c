import type { FilesInput } from "assay"
import type { EngineSetting } from "../../engine/index.ts"
import type { Judge } from "../judge/judge.ts"
import { readJudge } from "../judge/read.ts"
import type { Answer } from "./player.ts"

/** The judges of an evaluation: gold decides, the others only score. */
export interface Judges {
  readonly gold: Judge
  readonly truth: Judge | undefined
  readonly independent: Judge | undefined
}

/** Reads the judges that are wired. */
export const readJudges = async (
  inputs: { readonly judge: FilesInput; readonly truth: FilesInput | undefined; readonly independent: FilesInput | undefined },
  engine: EngineSetting,
): Promise<Judges> => {
  const readIfGiven = async (input: FilesInput | undefined) => (input === undefined ? undefined : readJudge(input, engine))
  return {
    gold: await readJudge(inputs.judge, engine),
    truth: await readIfGiven(inputs.truth),
    independent: await readIfGiven(inputs.independent),
  }
}

/**
 * The judge's score of each answer; null where there is no judge, or it does not score responses
 * one by one.
 */
export const scoreAnswers = async (judge: Judge | undefined, answers: ReadonlyArray<Answer>): Promise<ReadonlyArray<number | null>> => {
  const pairs = answers.map(({ prompt: { prompt }, text }) => ({ prompt, first: text, second: text }))
  const verdicts = judge === undefined ? [] : await judge.compare(pairs)
  return answers.map((_, index) => verdicts[index]?.scores?.[0] ?? null)
}
