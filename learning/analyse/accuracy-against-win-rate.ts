import type { Run } from "assay"
import type { ClassificationRow, MarkRow } from "../../data/schema/index.ts"
import type { accuracyAgainstWinRate } from "./accuracy-against-win-rate.stage.ts"
import { averageByPrompt } from "./by-prompt.ts"
import { type Evidence, estimate } from "./estimand.ts"
import { readEvidence } from "./evidence.ts"
import { panelsFigure } from "./figure/panels.ts"
import { type Arm, armName, tellingAxes } from "./runs.ts"
import { estimateMean } from "./statistics/bootstrap.ts"
import { mean } from "./statistics/mean.ts"

export const run: Run<typeof accuracyAgainstWinRate> = async ({ inputs, parameters, outputs }) => {
  const evidence = await readEvidence(inputs)
  const telling = tellingAxes(inputs.evaluations)
  const rows = evidence.arms.flatMap(({ runs }) => runs.flatMap(evidence.classificationOf))
  const sources = [...new Set(rows.map(({ pair_source }) => pair_source))]
  const opponents = [...new Set(evidence.arms.flatMap(({ runs }) => runs.flatMap(({ against }) => [...against.keys()])))]
  const marks = opponents.flatMap((against) =>
    sources.flatMap((source) => {
      const panel = `win rate against ${against}, accuracy on ${source}: ${describeCorrelation(evidence, source, against)}`
      return evidence.arms.flatMap((arm) => marksOf(arm, { panel, line: armName(arm.path, telling(arm.axes)), source, against, evidence }))
    }),
  )
  await outputs.marks.append(marks)
  const figure = await panelsFigure(marks, { ...parameters, over: "prompts", xTitle: "accuracy", xScale: "linear", joined: false })
  await outputs.figure.write("accuracy-against-win-rate.svg", figure)
}

const describeCorrelation = (evidence: Evidence, source: string, against: string): string => {
  const correlation = estimate({ quantity: "correlation of accuracy with win rate", source, against }, evidence)
  if (correlation === undefined) return "no correlation"
  const [r, low, high] = [correlation.estimate, correlation.low, correlation.high].map((value) => value.toFixed(2).replace("-", "−"))
  return `r = ${r} [${low}, ${high}]`
}

interface MarkOptions {
  readonly panel: string
  readonly line: string
  readonly source: string
  readonly against: string
  readonly evidence: Evidence
}

/** Marks of the checkpoints of an arm that decide pairs of the source. */
const marksOf = ({ runs }: Arm, { panel, line, source, against, evidence }: MarkOptions): ReadonlyArray<MarkRow> => {
  const steps = (runs[0]?.against.get(against) ?? []).map(({ step }) => step)
  return steps.flatMap((step) => {
    const accuracies = runs.flatMap((run) => accuracyAt(evidence.classificationOf(run), source, step) ?? [])
    if (accuracies.length < runs.length) return []
    const bySeed = runs.map((run) => (run.against.get(against) ?? []).find((checkpoint) => checkpoint.step === step)?.rows ?? [])
    const winRate = estimateMean(
      bySeed.map((rows) => averageByPrompt(rows, ({ outcome }) => outcome)),
      { seed: 1 },
    )
    const x = mean(accuracies)
    return [{ panel, line, x, x_label: x.toFixed(3), y: winRate.estimate, y_low: winRate.low, y_high: winRate.high, seeds: runs.length }]
  })
}

const accuracyAt = (rows: ReadonlyArray<ClassificationRow>, source: string, step: number): number | undefined => {
  const decided = rows.flatMap((row) =>
    row.pair_source === source && row.step === step && row.correct !== null ? Number(row.correct) : [],
  )
  return decided.length === 0 ? undefined : mean(decided)
}
