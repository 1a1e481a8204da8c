import type { FilesInput } from "assay"
import type { EngineSetting } from "../../engine/index.ts"
import { type Judge, printOmissions } from "../judge/judge.ts"
import { readJudge } from "../judge/read.ts"
import type { Answer } from "./player.ts"

/**
 * The judges of an evaluation: gold decides, a proxy is asked what it would have decided, the
 * others only score.
 */
export interface Judges {
  readonly gold: Judge
  readonly proxy: Judge | undefined
  readonly truth: Judge | undefined
  readonly independent: Judge | undefined
}

type JudgeInputs = Readonly<Record<"judge", FilesInput> & Record<"proxy" | "truth" | "independent", FilesInput | undefined>>

/** Reads the judges that are wired. */
export const readJudges = async (inputs: JudgeInputs, engine: EngineSetting): Promise<Judges> => {
  const readIfGiven = async (input: FilesInput | undefined) => (input === undefined ? undefined : readJudge(input, engine))
  return {
    gold: await readJudge(inputs.judge, engine),
    proxy: await readIfGiven(inputs.proxy),
    truth: await readIfGiven(inputs.truth),
    independent: await readIfGiven(inputs.independent),
  }
}

/** Prints what each judge has not read, or not said; by its port if not gold. */
export const printAllOmissions = (judges: Judges): void => {
  for (const [port, judge] of Object.entries(judges) as ReadonlyArray<[keyof Judges, Judge | undefined]>)
    if (judge !== undefined) printOmissions(judge, port === "gold" ? "the judge" : `"${port}"`)
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
