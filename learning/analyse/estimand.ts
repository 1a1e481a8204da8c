import { StageError } from "assay"
import { match } from "ts-pattern"
import type { ClassificationRow } from "../../data/schema/index.ts"
import { type Arm, type ArmChoice, chooseArm, type EvaluatedRun, groupBy } from "./runs.ts"
import { type BySeed, estimateBySeed, type Interval, meanAt, type SeedStatistic } from "./statistics/bootstrap.ts"
import { type Curve, computeWinRatesAt, correlate, findCommonGrid, findPeak } from "./statistics/curve.ts"
import { mean } from "./statistics/mean.ts"
import type { Claim } from "./verdicts.stage.ts"

/** An estimand with its defaults filled in: every arm has its `at`. */
export type CompleteEstimand = (typeof Claim.Type)["estimand"]

/** Random numbers of the intervals. */
const bootstrapOptions = { seed: 1, resamples: 500 }

/** How many KLs curves are compared at. */
const gridSize = 20

/** An estimate with its 95 % interval over `seeds` seeds. */
export interface Estimate extends Interval {
  readonly seeds: number
}

/** What estimands are estimated from: arms, and the classification of each of their runs. */
export interface Evidence {
  readonly arms: ReadonlyArray<Arm>
  readonly classificationOf: (run: EvaluatedRun) => ReadonlyArray<ClassificationRow>
}

/**
 * Estimates what a claim is about; undefined where there is nothing to estimate it from: curves
 * that have no KL in common, or nothing that was classified.
 *
 * Every estimate is a mean over seeds of a statistic of prompts (of pairs, where it is about
 * classification), and its interval that of `estimateBySeed`: for other seeds and other prompts.
 * Two arms are paired by seed and by prompt, so that what both share cancels.
 * - "win rate at equal KL": both arms' win rates at 20 KLs that all their runs reach, by linear
 *   interpolation (`computeWinRatesAt`), averaged; first less second.
 * - "peak", "peak win rate", "fall from the peak", "change of a lead in peak win rate": peaks are
 *   cross-fitted (`findPeak`).
 * - "accuracy": pairs of a source that the last checkpoint orders as gold does; a margin of 0
 *   counts ½.
 * - "chosen change", "rejected change", "difference of chosen change": mean change of log π at the
 *   last checkpoint, nats.
 * - "correlation of accuracy with win rate": Pearson's r over all checkpoints of all arms within a
 *   seed, averaged as Fisher's z (Fisher 1921).
 *
 * Throws a StageError `NoSuchArm`, `NoSuchOpponent`, or `Unpaired` where two arms have different
 * seeds or prompts.
 */
export const estimate = (estimand: CompleteEstimand, evidence: Evidence): Estimate | undefined => {
  const { arms } = evidence
  return match(estimand)
    .with({ quantity: "win rate at equal KL" }, ({ first, second, against }) => {
      const [firstCurves, secondCurves] = pairCurves(chooseArm(arms, first), chooseArm(arms, second), against)
      const grid = findCommonGrid([...firstCurves, ...secondCurves], gridSize)
      if (grid.length === 0) return undefined
      return estimateDifference(firstCurves, secondCurves, (curve, prompts) => mean(computeWinRatesAt(curve, grid, prompts)))
    })
    .with({ quantity: "peak win rate" }, ({ first, second, against }) => {
      const [firstCurves, secondCurves] = pairCurves(chooseArm(arms, first), chooseArm(arms, second), against)
      return estimateDifference(firstCurves, secondCurves, findPeak)
    })
    .with({ quantity: "change of a lead in peak win rate" }, ({ first, second, from, to, against }) => {
      const choose = (choice: ArmChoice, place: ArmChoice["at"]) => chooseArm(arms, { ...choice, at: { ...choice.at, ...place } })
      const [after, before] = [to, from].map((place) => pairCurves(choose(first, place), choose(second, place), against)) as [
        PairedCurves,
        PairedCurves,
      ]
      const leadIn = ([leading, trailing]: PairedCurves, seed: number, prompts: Int32Array) =>
        findPeak(leading[seed] as Curve, prompts) - findPeak(trailing[seed] as Curve, prompts)
      const seeds = Array.from({ length: Math.min(after[0].length, before[0].length) }, (_, seed) => seed)
      return estimateFromCurves([...after, ...before].flat(), (prompts) =>
        seeds.map((seed) => leadIn(after, seed, prompts) - leadIn(before, seed, prompts)),
      )
    })
    .with({ quantity: "fall from the peak" }, ({ arm, against }) => {
      const lastWinRate = (curve: Curve, prompts: Int32Array) => meanAt(curve.at(-1)?.outcome ?? [], prompts)
      return estimateOfArm(
        curvesOf(chooseArm(arms, arm), against),
        (curve, prompts) => findPeak(curve, prompts) - lastWinRate(curve, prompts),
      )
    })
    .with({ quantity: "peak" }, ({ arm, against }) => estimateOfArm(curvesOf(chooseArm(arms, arm), against), findPeak))
    .with({ quantity: "accuracy" }, ({ arm, source }) =>
      estimatePairMean(lastValues(chooseArm(arms, arm), source, evidence, ({ correct }) => (correct === null ? 0.5 : Number(correct)))),
    )
    .with({ quantity: "chosen change" }, ({ arm, source }) =>
      estimatePairMean(lastValues(chooseArm(arms, arm), source, evidence, (row) => row.chosen_change)),
    )
    .with({ quantity: "rejected change" }, ({ arm, source }) =>
      estimatePairMean(lastValues(chooseArm(arms, arm), source, evidence, (row) => row.rejected_change)),
    )
    .with({ quantity: "difference of chosen change" }, ({ first, second, source }) => {
      const valuesOf = (choice: ArmChoice) => lastValues(chooseArm(arms, choice), source, evidence, (row) => row.chosen_change)
      const [firstValues, secondValues] = [valuesOf(first), valuesOf(second)]
      return estimatePairMean(
        firstValues.map((values, seed) => Array.from(values, (value, pair) => value - (secondValues[seed]?.[pair] as number))),
      )
    })
    .with({ quantity: "correlation of accuracy with win rate" }, ({ source, against }) => estimateCorrelation(evidence, source, against))
    .exhaustive()
}

/** The curves of an arm's runs against an opponent, in order of seeds. */
export const curvesOf = (arm: Arm, against: string): ReadonlyArray<Curve> =>
  arm.runs.map((run) => {
    const checkpoints = run.against.get(against)
    if (checkpoints === undefined)
      throw new StageError(
        "NoSuchOpponent",
        `"against" expects an opponent of ${arm.name}, got "${against}". Its evaluations are against ${[...run.against.keys()].join(", ")}.`,
      )
    return checkpoints.map(({ rows }) => ({ kl: rows.map(({ kl }) => kl), outcome: rows.map(({ outcome }) => outcome) }))
  })

/** The curves of two arms, each in order of the same seeds. */
type PairedCurves = readonly [first: ReadonlyArray<Curve>, second: ReadonlyArray<Curve>]

/** Only seeds that both arms have can be paired. */
const pairCurves = (first: Arm, second: Arm, against: string): PairedCurves => {
  const seedsOf = (arm: Arm) => arm.runs.map(({ seed }) => seed).join(", ")
  if (seedsOf(first) !== seedsOf(second))
    throw new StageError(
      "Unpaired",
      `arms are compared seed by seed, but ${first.name} has seeds ${seedsOf(first)} and ${second.name} has ${seedsOf(second)}. Give both the same seeds.`,
    )
  return [curvesOf(first, against), curvesOf(second, against)]
}

/** A statistic of one run's curve, from the prompts at these places. */
type CurveStatistic = (curve: Curve, prompts: Int32Array) => number

const estimateOfArm = (curves: ReadonlyArray<Curve>, statistic: CurveStatistic): Estimate =>
  estimateFromCurves(curves, (prompts) => curves.map((curve) => statistic(curve, prompts)))

/** First less second, paired by seed and prompt. */
const estimateDifference = (first: ReadonlyArray<Curve>, second: ReadonlyArray<Curve>, statistic: CurveStatistic): Estimate =>
  estimateFromCurves([...first, ...second], (prompts) =>
    first.map((curve, seed) => statistic(curve, prompts) - statistic(second[seed] as Curve, prompts)),
  )

const estimateFromCurves = (curves: ReadonlyArray<Curve>, statistic: SeedStatistic): Estimate => {
  const prompts = curves[0]?.[0]?.kl.length ?? 0
  const other = curves.flat().find(({ kl }) => kl.length !== prompts)
  if (other !== undefined)
    throw new StageError(
      "Unpaired",
      `runs are compared prompt by prompt, but some have ${prompts} prompts and some ${other.kl.length}. Evaluate all with the same "count".`,
    )
  return estimateOver(prompts, statistic)
}

/** `[seed][pair]`: a value of each pair of a source at the last checkpoint of each run. */
const lastValues = (arm: Arm, source: string, { classificationOf }: Evidence, value: (row: ClassificationRow) => number): BySeed =>
  arm.runs.map((run) => {
    const rows = classificationOf(run).filter(({ pair_source }) => pair_source === source)
    const last = Math.max(...rows.map(({ step }) => step))
    return rows.filter(({ step }) => step === last).map(value)
  })

const estimatePairMean = (bySeed: BySeed): Estimate | undefined => {
  // Pairs of a source are the same for all seeds only if it is one table: a run's own samples are
  // not.
  const pairs = Math.min(...bySeed.map(({ length }) => length))
  if (pairs === 0) return undefined
  return estimateOver(pairs, (places) => bySeed.map((values) => meanAt(values, places)))
}

const estimateCorrelation = ({ arms, classificationOf }: Evidence, source: string, against: string): Estimate | undefined => {
  const runs = arms.flatMap((arm) => arm.runs.map((run, index) => ({ run, curve: curvesOf(arm, against)[index] as Curve })))
  const checkpointsBySeed = [...groupBy(runs, ({ run }) => run.seed).values()].map((runsOfSeed) =>
    runsOfSeed.flatMap(({ run, curve }) => {
      const decided = groupBy(
        classificationOf(run).filter(({ pair_source, correct }) => pair_source === source && correct !== null),
        ({ step }) => step,
      )
      return (run.against.get(against) ?? []).flatMap(({ step }, index) => {
        const pairs = decided.get(step)
        if (pairs === undefined) return []
        return [{ accuracy: mean(pairs.map(({ correct }) => Number(correct))), outcome: curve[index]?.outcome as ArrayLike<number> }]
      })
    }),
  )
  // Averaged, and given its interval, as Fisher's z = artanh r: there no bound is beyond ±1.
  const fisherZ = (prompts: Int32Array) =>
    checkpointsBySeed.map((checkpoints) => {
      const accuracies = checkpoints.map(({ accuracy }) => accuracy)
      const winRates = checkpoints.map(({ outcome }) => meanAt(outcome, prompts))
      return Math.atanh(Math.max(-highestR, Math.min(highestR, correlate(accuracies, winRates))))
    })
  const prompts = Math.min(...checkpointsBySeed.flatMap((checkpoints) => checkpoints.map(({ outcome }) => outcome.length)))
  if (!Number.isFinite(prompts)) return undefined
  const onAll = fisherZ(Int32Array.from({ length: prompts }, (_, prompt) => prompt))
  if (!onAll.every(Number.isFinite)) return undefined
  const z = estimateOver(prompts, fisherZ)
  return { estimate: Math.tanh(z.estimate), low: Math.tanh(z.low), high: Math.tanh(z.high), seeds: z.seeds }
}

/** A correlation of exactly 1 has no finite z. */
const highestR = 1 - 1e-6

const estimateOver = (prompts: number, statistic: SeedStatistic): Estimate => ({
  ...estimateBySeed(statistic, prompts, bootstrapOptions),
  seeds: statistic(new Int32Array(1)).length,
})
