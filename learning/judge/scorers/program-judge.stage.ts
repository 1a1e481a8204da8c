import type { Fields, Program } from "assay"
import type { GoldJudge } from "../../artifacts.ts"
import { type JudgeConstructor, type JudgeType, scorer } from "../scorer.ts"
import type { AskingJudgeOptions } from "./asking-judge.ts"

/** How a judge is declared that asks a program. */
export interface ProgramJudgeOptions<J extends JudgeType, P extends Fields> extends AskingJudgeOptions<J, Program> {
  /** Effect Schemas of JSON values, which the program gets with each request. */
  readonly parameters?: P
  /** Whether it compares two responses instead of scoring one. */
  readonly compares?: boolean
}

/**
 * A program of yours as a judge, in whatever language. It is started once and reads a line of JSON
 * for each batch: a list of `{"prompt": …, "response": …}`, to which it prints a list of as many
 * finite numbers on one line; of two responses, the one with the higher number is better. With
 * `compares`, it reads `{"prompt": …, "first": …, "second": …}` and prints the probability that the
 * first is better, from 0 to 1; it is asked in both orders, and ties those on which its answers
 * differ. `parameters` come with each request, as `"parameters"`.
 *
 *   const reward = programJudge({
 *     name: "reward",
 *     connect: program({ run: ["python3", "reward.py"], files: ["reward.py"] }),
 *   })
 *   const pairs = label({ responses, judge: reward() })
 *
 * The program's files, its arguments and the environment that it declares key its answers, each of
 * which is kept as soon as it is there. Fails with a StageError: `NotAnswered`, `ScorerAnswer`, or
 * `UnexpectedAnswer`.
 */
export const programJudge = <const P extends Fields = Record<never, never>, J extends JudgeType = typeof GoldJudge>({
  compares = false,
  ...options
}: ProgramJudgeOptions<J, P>): JudgeConstructor<Record<never, never>, P, J> =>
  scorer<P, Record<never, never>, J>({
    ...options,
    run: compares ? () => import("./program-compare.ts") : () => import("./program-score.ts"),
  })
