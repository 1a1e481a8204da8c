import { StageError } from "assay"
import { match } from "ts-pattern"
import { type ArmReader, ArmReaders, checkpointsOf, classifiedOf, noSuchSource } from "./arm-reader.ts"
import type { CompleteEstimand } from "./claim.ts"
import type { Evidence, MeasuredRun } from "./measured-run.ts"
import { combine, type Reading, readSlope } from "./reading.ts"
import { type Arm, type ArmChoice, chooseArm, groupBy } from "./runs.ts"
import type { Observation } from "./statistics/nested.ts"

/** What a quantity is estimated from: a value for each world and seed, or why there is none. */
export type Observed = {
  /** The names of the arms that it is of. */
  readonly arms: ReadonlyArray<string>
} & ({ readonly observations: ReadonlyArray<Observation> } | { readonly reason: string })

/** How estimands are observed. */
export interface Observing {
  readonly evidence: Evidence
  /** The name of the opponent that is the reference. */
  readonly reference: string
}

/** A quantity of an arm, and how much it counts. */
interface Term extends ArmChoice {
  readonly weight: number
  readonly reader: ArmReader
}

/**
 * Reads the quantity of an estimand off each run, or each set of runs of one world and seed.
 *
 * Win rates at a KL lie on a smooth curve through the checkpoints of a run (`fitCurve`), which is ½
 * at a KL of 0 against the reference. A KL counts as reached within a twentieth of it; where a run
 * does not get there the quantity is not measurable, as its mean would be that of the others.
 * Accuracy and changes of log-likelihood at a KL lie on curves of the same form that begin at ½ and
 * at 0. A peak is measurable only where the curve has turned: where its slope at the last
 * checkpoint is below 0 with its whole 95 % interval.
 *
 * Throws a StageError `NoSuchArm`, `NoSuchOpponent`, `NoSuchSource`, or `Unpaired` where two arms
 * have different worlds or seeds.
 */
export const observe = (estimand: CompleteEstimand, { evidence, reference }: Observing): Observed => {
  const readers = new ArmReaders(evidence.units, reference)
  const sum = (terms: ReadonlyArray<Term>) => observeSum(terms, evidence)
  const one = (choice: ArmChoice, reader: ArmReader) => sum([{ weight: 1, ...choice, reader }])
  const difference = ({ first, second }: { readonly first: ArmChoice; readonly second: ArmChoice }, reader: ArmReader) =>
    sum([
      { weight: 1, ...first, reader },
      { weight: -1, ...second, reader },
    ])
  const slope = (terms: ReadonlyArray<Omit<Term, "reader">>, kls: ReadonlyArray<number>, against: string) =>
    sum(
      slopeWeights(kls).flatMap((ofKl, index) => {
        const reader = readers.winRate(kls[index] as number, against)
        return terms.map((term) => ({ ...term, weight: term.weight * ofKl, reader }))
      }),
    )
  return match(estimand)
    .with({ quantity: "win rate" }, ({ kl, against, ...arm }) => one(arm, readers.winRate(kl, against)))
    .with({ quantity: "gap" }, ({ kl, against, ...arms }) => difference(arms, readers.winRate(kl, against)))
    .with({ quantity: "slope of the gap" }, ({ first, second, against, kl }) =>
      slope(
        [
          { weight: 1, ...first },
          { weight: -1, ...second },
        ],
        kl,
        against,
      ),
    )
    .with({ quantity: "slope of a contrast" }, ({ terms, kl, against }) => slope(terms, kl, against))
    .with({ quantity: "contrast" }, ({ terms, against, kl }) =>
      sum(terms.map((term) => ({ ...term, reader: readers.winRate(kl, against) }))),
    )
    .with({ quantity: "peak" }, ({ against, ...arm }) => one(arm, readers.peak(against)))
    .with({ quantity: "difference of peaks" }, ({ against, ...arms }) => difference(arms, readers.peak(against)))
    .with({ quantity: "slope at the end" }, ({ against, ...arm }) => one(arm, readers.slopeAtEnd(against)))
    .with({ quantity: "accuracy" }, { quantity: "chosen change" }, { quantity: "rejected change" }, ({ quantity, kl, source, ...arm }) =>
      one(arm, readers.classified(quantity, kl, source)),
    )
    .with({ quantity: "difference of chosen change" }, ({ kl, source, ...arms }) =>
      difference(arms, readers.classified("chosen change", kl, source)),
    )
    .with({ quantity: "difference of accuracy" }, ({ winRate, source, against, ...arms }) =>
      difference(arms, readers.accuracyAtWinRate(winRate, source, against)),
    )
    .with({ quantity: "win rate by accuracy" }, ({ source, against }) => observeSlopes(source, against, evidence))
    .exhaustive()
}

/** The weights that make a least-squares slope of values at these places. */
const slopeWeights = (places: ReadonlyArray<number>): ReadonlyArray<number> => {
  const centre = places.reduce((sum, place) => sum + place, 0) / places.length
  const squares = places.reduce((sum, place) => sum + (place - centre) ** 2, 0)
  return places.map((place) => (place - centre) / squares)
}

/** Σ weight · quantity over arms. */
const observeSum = (terms: ReadonlyArray<Term>, { arms: all }: Evidence): Observed => {
  const arms = terms.map((term) => chooseArm(all, term))
  // One reason for each arm: of several KLs that it does not get to, the first.
  const missing = new Map<string, string>()
  for (const [index, { reader }] of terms.entries()) {
    const arm = arms[index] as Arm<MeasuredRun>
    const reason = missing.has(arm.name) ? undefined : reader.missing(arm)
    if (reason !== undefined) missing.set(arm.name, reason)
  }
  if (missing.size > 0) return { reason: [...missing.values()].join("; "), arms: namesOf(arms) }
  return observeRuns(arms, (runs) =>
    combine(terms.map(({ weight, reader }, index) => [weight, reader.read(runs[index] as MeasuredRun, arms[index] as Arm<MeasuredRun>)])),
  )
}

/**
 * Slopes of win rate in accuracy within runs, averaged over all arms that have classified the
 * source. No arm is compared with another, so they need not have the same worlds and seeds.
 */
const observeSlopes = (source: string, against: string, { arms: all, units }: Evidence): Observed => {
  const arms = all.filter(({ runs }) => runs.every(({ sources }) => sources.has(source)))
  if (arms.length === 0)
    throw noSuchSource("any arm", source, [...new Set(all.flatMap(({ runs }) => runs.flatMap(({ sources }) => [...sources.keys()])))])
  const slopes = arms.flatMap((arm) =>
    arm.runs.map((run) => {
      const classified = classifiedOf(run, arm, source)
      const outcomes = checkpointsOf(run, arm, against).filter(({ step }) => classified.some((other) => other.step === step))
      const slope = readSlope(
        classified.map(({ accuracy }) => accuracy),
        outcomes.map(({ outcome }) => outcome),
        units,
      )
      return { world: run.world, seed: run.seed, slope }
    }),
  )
  const observations = [...groupBy(slopes, ({ world, seed }) => JSON.stringify([world, seed])).values()].flatMap((group) => {
    const { world, seed } = group[0] as (typeof slopes)[number]
    const found = group.flatMap(({ slope }) => slope ?? [])
    return found.length === 0 ? [] : [{ world, seed, ...combine(found.map((slope) => [1 / found.length, slope])) }]
  })
  return observations.length === 0
    ? { reason: "accuracy does not vary along the checkpoints of any run", arms: namesOf(arms) }
    : { observations, arms: namesOf(arms) }
}

/** Reads a value off the runs of several arms that have one world and seed in common. */
const observeRuns = (arms: ReadonlyArray<Arm<MeasuredRun>>, read: (runs: ReadonlyArray<MeasuredRun>) => Reading): Observed => {
  const [first] = arms as readonly [Arm<MeasuredRun>]
  const stranger = arms.find((arm) => placesOf(arm) !== placesOf(first))
  if (stranger !== undefined)
    throw new StageError(
      "Unpaired",
      `arms are compared world by world and seed by seed, but ${first.name} has ${placesOf(first)} and ${stranger.name} has ${placesOf(stranger)}. Give both the same.`,
    )
  const observations = first.runs.map(({ world, seed }, index) => ({
    world,
    seed,
    ...read(arms.map(({ runs }) => runs[index] as MeasuredRun)),
  }))
  return { observations, arms: namesOf(arms) }
}

const namesOf = (arms: ReadonlyArray<Arm<MeasuredRun>>): ReadonlyArray<string> => [...new Set(arms.map(({ name }) => name))]

/** "world 1 seed 2, …" */
const placesOf = ({ runs }: Arm<MeasuredRun>): string =>
  runs
    .map(({ world, seed }) => [...(world === null ? [] : [`world ${world}`]), seed === null ? "one run" : `seed ${seed}`].join(" "))
    .join(", ")
