import type { FilesInput } from "assay"
import type { EngineSetting } from "../../engine/index.ts"
import type { Judge, Verdict } from "../judge/judge.ts"
import { readJudge } from "../judge/read.ts"
import type { Answer } from "./player.ts"
import type { EvaluatedPrompt } from "./prompts.ts"

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

/** Which of two players' answers the judge prefers, prompt by prompt. */
export const compareAnswers = (
  judge: Judge,
  prompts: ReadonlyArray<EvaluatedPrompt>,
  first: ReadonlyArray<Answer>,
  second: ReadonlyArray<Answer>,
): Promise<ReadonlyArray<Verdict>> =>
  judge.compare(prompts.map(({ prompt }, index) => ({ prompt, first: first[index]?.text ?? "", second: second[index]?.text ?? "" })))

/**
 * The judge's score of each answer; null where there is no judge, or it does not score responses
 * one by one.
 */
export const scoreAnswers = async (
  judge: Judge | undefined,
  prompts: ReadonlyArray<EvaluatedPrompt>,
  answers: ReadonlyArray<Answer>,
): Promise<ReadonlyArray<number | null>> => {
  const verdicts = judge === undefined ? [] : await compareAnswers(judge, prompts, answers, answers)
  return answers.map((_, index) => verdicts[index]?.scores?.[0] ?? null)
}
