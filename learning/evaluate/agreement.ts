import { type Run, StageError } from "assay"
import { printTruncation, toTextPair, type Verdict } from "../judge/judge.ts"
import { accuracyOf, bagBaseline } from "../judge/linear/index.ts"
import { readJudge } from "../judge/read.ts"
import type { agreement } from "./agreement.stage.ts"

export const run: Run<typeof agreement> = async ({ inputs, outputs, engine }) => {
  const judge = await readJudge(inputs.judge, engine)
  const all = await inputs.preferences.read()
  const pairs = all.filter(({ tie }) => !tie)
  if (pairs.length === 0) throw new StageError("NoPairs", `of ${all.length} pairs none is labelled: all are ties`)
  const verdicts = await judge.compare(pairs.map(toTextPair))
  printTruncation(judge)
  const outcomes = verdicts.map(({ outcome }: Verdict) => outcome)
  const sources = [...new Set(pairs.map(({ source }) => source))].sort()
  const known = (await inputs.baseline?.read())?.filter(({ tie }) => !tie) ?? []
  const values = {
    accuracy: mean(outcomes),
    pairs: pairs.length,
    tie_share: 1 - pairs.length / all.length,
    judge_tie_share: outcomes.filter((outcome) => outcome === 0.5).length / outcomes.length,
    ...(sources.length < 2
      ? {}
      : Object.fromEntries(
          sources.map((source) => [`accuracy: ${source}`, mean(outcomes.filter((_, index) => pairs[index]?.source === source))]),
        )),
    ...judge.context?.truncated.valuesIfAny,
    ...(known.length === 0 ? {} : { baseline_accuracy: accuracyOf(bagBaseline(known), "bag", pairs) }),
  }
  await outputs.metrics.append(Object.entries(values).map(([name, value]) => ({ step: 0, name, value })))
}

const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, value) => sum + value, 0) / values.length
