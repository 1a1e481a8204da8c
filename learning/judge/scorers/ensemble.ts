import type { FilesInput } from "assay"
import type { Judge, Verdict } from "../judge.ts"
import { logOddsOf, weighted } from "../pool.ts"
import { readJudge } from "../read.ts"
import type { Pairwise, ScorerContext } from "../scorer.ts"
import { sigmoid } from "../verdict.ts"

/** Log-odds this close to 0 are those of a tie, and rounding. */
const rounding = 1e-9

/** A weighted sum of the log-odds of judges, each in a folder of its own. */
export const run = async ({
  inputs,
  parameters: { weights },
  engine,
}: ScorerContext<{ readonly weights: ReadonlyArray<number> }, { readonly members: FilesInput }>): Promise<Pairwise> => {
  const members = await Promise.all(weights.map((_, index) => readJudge(inputs.members.within(String(index)), engine)))
  const compare: Pairwise["compare"] = async (pairs) => {
    const verdicts: Array<ReadonlyArray<Verdict>> = []
    for (const member of members) verdicts.push(await member.compare(pairs))
    return pairs.map((_, pair) => {
      const odds = weighted(
        weights,
        verdicts.map((all) => logOddsOf(all[pair] as Verdict)),
      )
      return { outcome: odds > rounding ? 1 : odds < -rounding ? 0 : 0.5, probability: sigmoid(odds), scores: null }
    })
  }
  // Its members keep their own answers.
  return {
    compare,
    isSymmetric: true,
    keeps: "nothing",
    context: tightest(members),
    unreadable: { print: (judge) => printEach(members, judge) },
  }
}

const printEach = (members: ReadonlyArray<Judge>, ensemble: string): void => {
  for (const [index, { unreadable }] of members.entries()) unreadable?.print(`member ${index} of ${ensemble}`)
}

/** The context of the member that cuts most. */
const tightest = (members: ReadonlyArray<Judge>): Judge["context"] =>
  members.flatMap(({ context }) => context ?? []).sort((a, b) => a.tokens - b.tokens)[0]
