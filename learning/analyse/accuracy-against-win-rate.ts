import type { Run } from "assay"
import type { MarkRow } from "../../data/schema/index.ts"
import type { accuracyAgainstWinRate } from "./accuracy-against-win-rate.stage.ts"
import { observe } from "./estimand.ts"
import { estimateTogether, intervalOf } from "./estimate.ts"
import { panelsFigure } from "./figure/panels.ts"
import { type Evidence, type MeasuredRun, readEvidence } from "./measured-run.ts"
import { meanOf, readMean } from "./reading.ts"
import { type Arm, armName, tellingAxes } from "./runs.ts"
import { mean } from "./statistics/mean.ts"

export const run: Run<typeof accuracyAgainstWinRate> = async ({ inputs, parameters, outputs }) => {
  const { reference, ...words } = parameters
  const evidence = await readEvidence(inputs)
  const telling = tellingAxes(inputs.evaluations)
  const keysOf = (of: (run: MeasuredRun) => ReadonlyMap<string, unknown>) => [
    ...new Set(evidence.arms.flatMap(({ runs }) => runs.flatMap((each) => [...of(each).keys()]))),
  ]
  const marks = keysOf(({ against }) => against).flatMap((against) =>
    keysOf(({ sources }) => sources).flatMap((source) => {
      const panel = `win rate against ${against}, accuracy on ${source}: ${describeSlope(evidence, reference, source, against)}`
      return evidence.arms.flatMap((arm) => marksOf(arm, { panel, line: armName(arm.path, telling(arm.axes)), source, against }, evidence))
    }),
  )
  await outputs.marks.append(marks)
  const figure = await panelsFigure(marks, { ...words, over: "prompts", xTitle: "accuracy", xScale: "linear", joined: false })
  await outputs.figure.write("accuracy-against-win-rate.svg", figure)
}

const describeSlope = (evidence: Evidence, reference: string, source: string, against: string): string => {
  const [slope] = estimateTogether([observe({ quantity: "win rate by accuracy", source, against }, { evidence, reference })])
  if (slope === undefined || "reason" in slope) return "no slope"
  const { low, high } = intervalOf(slope)
  const [middle, from, to] = [slope.effect, low, high].map((value) => value.toFixed(2).replace("-", "−"))
  return `slope within runs ${middle} [${from}, ${to}]`
}

interface MarkOptions {
  readonly panel: string
  readonly line: string
  readonly source: string
  readonly against: string
}

/**
 * Marks of the steps that all runs of an arm were evaluated at, and classified pairs of the source.
 */
const marksOf = (
  { runs }: Arm<MeasuredRun>,
  { panel, line, source, against }: MarkOptions,
  { units }: Evidence,
): ReadonlyArray<MarkRow> => {
  const steps = (runs[0]?.against.get(against) ?? []).map(({ step }) => step)
  return steps.flatMap((step) => {
    const at = runs.flatMap(({ world, seed, against: evaluated, sources }) => {
      const outcome = evaluated.get(against)?.find((checkpoint) => checkpoint.step === step)?.outcome
      const accuracy = sources.get(source)?.find((checkpoint) => checkpoint.step === step)?.accuracy
      // A policy equal to its reference orders nothing.
      return outcome === undefined || accuracy === undefined || accuracy.values.every((value) => value === 0.5)
        ? []
        : [{ world, seed, outcome, accuracy: meanOf(accuracy) }]
    })
    if (at.length < runs.length) return []
    const observations = at.map(({ world, seed, outcome }) => ({ world, seed, ...readMean(outcome, units) }))
    const [winRate] = estimateTogether([{ observations, arms: [line] }])
    if (winRate === undefined || "reason" in winRate) return []
    const { low, high } = intervalOf(winRate)
    const x = mean(at.map(({ accuracy }) => accuracy))
    return [{ panel, line, x, x_label: x.toFixed(3), y: winRate.effect, y_low: low, y_high: high, seeds: runs.length }]
  })
}
