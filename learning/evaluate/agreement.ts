import { type Run, StageError } from "assay"
import type { JudgementRow } from "../../data/schema/index.ts"
import { mean } from "../analyse/statistics/mean.ts"
import { printOmissions, toTextPair, type Verdict } from "../judge/judge.ts"
import { accuracyOf, bagBaseline } from "../judge/linear/index.ts"
import { readJudge } from "../judge/read.ts"
import { winProbability } from "../judge/verdict.ts"
import type { agreement } from "./agreement.stage.ts"

export const run: Run<typeof agreement> = async ({ inputs, outputs, engine }) => {
  const judge = await readJudge(inputs.judge, engine)
  const all = await inputs.preferences.read()
  const pairs = all.filter(({ tie }) => !tie)
  if (pairs.length === 0)
    throw new StageError(
      "NoPairs",
      `agreement expects pairs that are not ties, got ${all.length} ties. Give preferences with decided labels.`,
    )
  const verdicts = await judge.compare(all.map(toTextPair))
  printOmissions(judge)
  const outcomes = verdicts.flatMap(({ outcome }, index) => (all[index]?.tie ? [] : [outcome]))
  const sources = [...new Set(pairs.map(({ source }) => source))].sort()
  const baselinePairs = (await inputs.baseline?.read())?.filter(({ tie }) => !tie) ?? []
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
    ...(baselinePairs.length === 0 ? {} : { baseline_accuracy: accuracyOf(bagBaseline(baselinePairs), "bag", pairs) }),
  }
  await outputs.metrics.append(Object.entries(values).map(([name, value]) => ({ step: 0, name, value })))
  await outputs.judgements.append(
    all.map(
      ({ pair_id, prompt, chosen, rejected, p_chosen, tie }, index): JudgementRow => ({
        pair_id,
        prompt,
        chosen,
        rejected,
        p_label: p_chosen,
        p_judge: winProbability(verdicts[index] as Verdict),
        tie,
      }),
    ),
  )
}
