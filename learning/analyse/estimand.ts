import { StageError } from "assay"
import { match } from "ts-pattern"
import type { ClassificationRow } from "../../data/schema/index.ts"
import { type Arm, type ArmChoice, chooseArm, type EvaluatedRun, groupBy } from "./runs.ts"
import { type BySeed, type Interval, meanAt, type SeedStatistic, seedInterval } from "./statistics/bootstrap.ts"
import { type Curve, commonGrid, correlation, peak, winRatesAt } from "./statistics/curve.ts"
import { mean } from "./statistics/mean.ts"
import type { Claim } from "./verdicts.stage.ts"

export type Effect = (typeof Claim.Type)["effect"]

/** Random numbers of the intervals. */
const options = { seed: 1, resamples: 500 }

/** KLs at which curves are compared. */
const gridSize = 20

/** An effect with its interval over `seeds` seeds. */
export interface Measured extends Interval {
  readonly seeds: number
}

/** What effects are measured on: arms, and the classification of each of their runs. */
export interface Evidence {
  readonly arms: ReadonlyArray<Arm>
  readonly classified: (run: EvaluatedRun) => ReadonlyArray<ClassificationRow>
}

/**
 * The effect with its interval; undefined where it has none: curves that have no KL in common, or nothing that was classified.
 * Throws a StageError `NoSuchArm`, `NoSuchOpponent`, or `Unpaired` where two arms have other seeds.
 */
export const measure = (effect: Effect, { arms, classified }: Evidence): Measured | undefined =>
  match(effect)
    .with({ measure: "win rate at equal KL" }, ({ first, second, against }) => {
      const [one, other] = pairedCurves(chooseArm(arms, first), chooseArm(arms, second), against)
      const grid = commonGrid([...one, ...other], gridSize)
      if (grid.length === 0) return undefined
      const average = (curve: Curve, prompts: Int32Array) => mean(winRatesAt(curve, grid, prompts))
      return over([...one, ...other], (prompts) =>
        one.map((curve, seed) => average(curve, prompts) - average(other[seed] as Curve, prompts)),
      )
    })
    .with({ measure: "peak win rate" }, ({ first, second, against }) => {
      const [one, other] = pairedCurves(chooseArm(arms, first), chooseArm(arms, second), against)
      return over([...one, ...other], (prompts) => one.map((curve, seed) => peak(curve, prompts) - peak(other[seed] as Curve, prompts)))
    })
    .with({ measure: "change of a lead in peak win rate" }, ({ first, second, from, to, against }) => {
      const placed = (choice: ArmChoice, place: ArmChoice["at"]) => chooseArm(arms, { ...choice, at: { ...choice.at, ...place } })
      const leads = [to, from].map((place) => pairedCurves(placed(first, place), placed(second, place), against))
      const lead = (which: number, seed: number, prompts: Int32Array) =>
        peak(leads[which]?.[0][seed] as Curve, prompts) - peak(leads[which]?.[1][seed] as Curve, prompts)
      const seeds = Array.from({ length: Math.min(...leads.map(([one]) => one.length)) }, (_, seed) => seed)
      return over(leads.flat(2), (prompts) => seeds.map((seed) => lead(0, seed, prompts) - lead(1, seed, prompts)))
    })
    .with({ measure: "fall from the peak" }, ({ arm, against }) => {
      const curves = curvesOf(chooseArm(arms, arm), against)
      const last = (curve: Curve, prompts: Int32Array) => meanAt(curve.at(-1)?.outcome ?? [], prompts)
      return over(curves, (prompts) => curves.map((curve) => peak(curve, prompts) - last(curve, prompts)))
    })
    .with({ measure: "peak" }, ({ arm, against }) => {
      const curves = curvesOf(chooseArm(arms, arm), against)
      return over(curves, (prompts) => curves.map((curve) => peak(curve, prompts)))
    })
    .with({ measure: "accuracy" }, ({ arm, source }) =>
      atTheEnd(chooseArm(arms, arm), source, classified, ({ correct }) => (correct === null ? 0.5 : Number(correct))),
    )
    .with({ measure: "chosen change" }, ({ arm, source }) => atTheEnd(chooseArm(arms, arm), source, classified, chosenChange))
    .with({ measure: "rejected change" }, ({ arm, source }) =>
      atTheEnd(chooseArm(arms, arm), source, classified, (row) => row.rejected_change),
    )
    .with({ measure: "difference of chosen change" }, ({ first, second, source }) => {
      const [one, other] = [first, second].map((choice) => lastValues(chooseArm(arms, choice), source, classified, chosenChange)) as [
        BySeed,
        BySeed,
      ]
      const differences = one.map((values, seed) => Array.from(values, (value, pair) => value - (other[seed]?.[pair] as number)))
      return meanOfPairs(differences)
    })
    .with({ measure: "correlation of accuracy with win rate" }, ({ source, against }) => correlated(arms, source, against, classified))
    .exhaustive()

/** The curves of an arm's runs against an opponent, in order of seeds. */
export const curvesOf = (arm: Arm, against: string): ReadonlyArray<Curve> =>
  arm.runs.map((run) => {
    const checkpoints = run.against.get(against)
    if (checkpoints === undefined)
      throw new StageError(
        "NoSuchOpponent",
        `${arm.name} was not played against "${against}", but against ${[...run.against.keys()].join(", ")}`,
      )
    return checkpoints.map(({ rows }) => ({ kl: rows.map(({ kl }) => kl), outcome: rows.map(({ outcome }) => outcome) }))
  })

/** Only seeds that both arms have can be paired. */
const pairedCurves = (first: Arm, second: Arm, against: string) => {
  const seeds = (arm: Arm) => arm.runs.map(({ seed }) => seed).join(", ")
  if (seeds(first) !== seeds(second))
    throw new StageError("Unpaired", `${first.name} has seeds ${seeds(first)} and ${second.name} has ${seeds(second)}: give both the same`)
  return [curvesOf(first, against), curvesOf(second, against)] as const
}

const over = (curves: ReadonlyArray<Curve>, statistic: SeedStatistic): Measured => {
  const prompts = curves[0]?.[0]?.kl.length ?? 0
  const other = curves.find((curve) => curve.some(({ kl }) => kl.length !== prompts))
  if (other !== undefined) throw new StageError("Unpaired", "runs that are compared were not asked the same number of prompts")
  return measured(statistic, prompts)
}

const chosenChange = (row: ClassificationRow): number => row.chosen_change

/** A value of each pair of a source at the last checkpoint of each run. */
const lastValues = (arm: Arm, source: string, classified: Evidence["classified"], value: (row: ClassificationRow) => number): BySeed =>
  arm.runs.map((run) => {
    const rows = classified(run).filter(({ pair_source }) => pair_source === source)
    const last = Math.max(...rows.map(({ step }) => step))
    return rows.filter(({ step }) => step === last).map(value)
  })

const meanOfPairs = (bySeed: BySeed): Measured | undefined => {
  // Pairs of a source are the same for all seeds only if it is one table: a run's own samples are not.
  const pairs = Math.min(...bySeed.map(({ length }) => length))
  if (pairs === 0) return undefined
  return measured((places) => bySeed.map((values) => meanAt(values, places)), pairs)
}

const atTheEnd = (...of: Parameters<typeof lastValues>): Measured | undefined => meanOfPairs(lastValues(...of))

const correlated = (
  arms: ReadonlyArray<Arm>,
  source: string,
  against: string,
  classified: Evidence["classified"],
): Measured | undefined => {
  const runs = arms.flatMap((arm) => arm.runs.map((run, place) => ({ run, curve: curvesOf(arm, against)[place] as Curve })))
  const bySeed = [...groupBy(runs, ({ run }) => run.seed).values()].map((ofSeed) =>
    ofSeed.flatMap(({ run, curve }) => {
      const rows = groupBy(
        classified(run).filter(({ pair_source, correct }) => pair_source === source && correct !== null),
        ({ step }) => step,
      )
      return (run.against.get(against) ?? []).flatMap(({ step }, index) => {
        const pairs = rows.get(step)
        if (pairs === undefined) return []
        return [{ accuracy: mean(pairs.map(({ correct }) => Number(correct))), outcome: curve[index]?.outcome as ArrayLike<number> }]
      })
    }),
  )
  // Averaged, and given its interval, as Fisher's z = artanh r: there no bound is beyond ±1 (Fisher 1921).
  const statistic = (prompts: Int32Array) =>
    bySeed.map((points) => {
      const accuracies = points.map(({ accuracy }) => accuracy)
      const winRates = points.map(({ outcome }) => meanAt(outcome, prompts))
      return Math.atanh(Math.max(-perfect, Math.min(perfect, correlation(accuracies, winRates))))
    })
  const prompts = Math.min(...bySeed.flatMap((points) => points.map(({ outcome }) => outcome.length)))
  if (!Number.isFinite(prompts)) return undefined
  const whole = statistic(Int32Array.from({ length: prompts }, (_, prompt) => prompt))
  if (!whole.every(Number.isFinite)) return undefined
  const { estimate, low, high, seeds } = measured(statistic, prompts)
  return { estimate: Math.tanh(estimate), low: Math.tanh(low), high: Math.tanh(high), seeds }
}

/** A correlation of exactly 1 has no finite z. */
const perfect = 1 - 1e-6

const measured = (statistic: SeedStatistic, prompts: number): Measured => ({
  ...seedInterval(statistic, prompts, options),
  seeds: statistic(new Int32Array(1)).length,
})
