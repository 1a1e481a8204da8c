import type { Observed } from "./estimand.ts"
import { type EstimatedVariance, moderate } from "./statistics/moderate.ts"
import { averageNested, type NestedMean } from "./statistics/nested.ts"
import { studentQuantile } from "./statistics/student.ts"

/**
 * An estimate with its standard error, in the unit of the quantity, and what its variance is made
 * of.
 */
export interface Estimate extends Pick<NestedMean, "effect" | "worlds" | "seeds" | "prompts"> {
  readonly se: number
  /** Degrees of freedom of `se`. */
  readonly degrees: number
  readonly components: Components
}

/**
 * Standard deviations: the variance of an estimate over W worlds, S seeds and n prompts is
 * world²/W + seed²/(W·S) + sampling²/(W·S·n) + prompt²/n. Null where too few were observed.
 */
export interface Components {
  readonly world: number | null
  readonly seed: number | null
  readonly sampling: number
  readonly prompt: number
}

/** Why nothing was estimated. */
export interface NotMeasurable {
  readonly reason: string
}

/** The bounds of the interval of an estimate that holds the true value with this probability. */
export const intervalOf = ({ effect, se, degrees }: Estimate, level = 0.95): { readonly low: number; readonly high: number } => {
  const half = se === 0 ? 0 : studentQuantile((1 + level) / 2, degrees) * se
  return { low: effect - half, high: effect + half }
}

/**
 * Estimates the means of several observed quantities of one kind together.
 *
 * The variance of a mean over U units (worlds or, where there is one, seeds) is s²/U + c, with c
 * the covariance of two units by the prompts that they share: the variance of a two-way
 * random-effects layout (Searle, Casella and McCulloch 1992, chapter 4), where what prompts do is
 * known from the influence of each and need not be resampled. s² has U − 1 degrees of freedom, too
 * few for a t interval to be of use, so variances are pooled: s² in units of what sampling of
 * prompts and responses alone explains, which differs between quantities and is known, is moderated
 * over all of them (`moderate`, Smyth 2004). A variance is taken to be no less than that of prompts
 * alone, and degrees of freedom are Satterthwaite's. With one unit it is the variance over prompts.
 */
export const estimateTogether = (observed: ReadonlyArray<Observed>): ReadonlyArray<Estimate | NotMeasurable> => {
  const means = observed.map((each) => ("reason" in each ? undefined : averageNested(each.observations)))
  const arms = new Set(observed.flatMap((each) => ("reason" in each ? [] : each.arms))).size
  const pool = (ratioOf: (mean: NestedMean) => EstimatedVariance) => {
    const measured = means.filter((mean) => mean !== undefined)
    const pooled = moderate(measured.map(ratioOf), arms)
    return new Map(measured.map((mean, index) => [mean, pooled[index] as EstimatedVariance]))
  }
  const ofUnits = pool(overdispersionOfUnits)
  const ofSeeds = pool(overdispersionOfSeeds)
  return observed.map((each, index) => {
    const mean = means[index]
    if (mean === undefined) return each as NotMeasurable
    return estimateOne(mean, ofUnits.get(mean) as EstimatedVariance, ofSeeds.get(mean) as EstimatedVariance)
  })
}

/** s² in units of what sampling explains. */
const overdispersionOfUnits = ({ unitVariance, samplingVariance, sharedVariance, units }: NestedMean): EstimatedVariance => ({
  variance: units < 2 ? 0 : ratio(unitVariance, samplingVariance - sharedVariance),
  degrees: units - 1,
})

const overdispersionOfSeeds = ({ seedVariance, runSamplingVariance, sharedVariance, worlds, seeds }: NestedMean): EstimatedVariance => ({
  variance: Number.isNaN(seedVariance) ? 0 : ratio(seedVariance, runSamplingVariance - sharedVariance),
  degrees: worlds * (seeds - 1),
})

/** 0 where there is nothing to be a multiple of: `moderate` leaves such a variance alone. */
const ratio = (variance: number, unit: number): number => (unit > 0 ? variance / unit : 0)

const estimateOne = (mean: NestedMean, ofUnits: EstimatedVariance, ofSeeds: EstimatedVariance): Estimate => {
  const { effect, worlds, seeds, prompts, units, unitVariance, samplingVariance, sharedVariance, promptVariance } = mean
  const own = samplingVariance - sharedVariance
  const isPooled = ofUnits.degrees > Math.max(0, units - 1)
  const spread = own > 0 && (units > 1 || isPooled) ? ofUnits.variance * own : units > 1 ? unitVariance : own
  const ofMean = spread / units + sharedVariance
  const variance = Math.max(ofMean, promptVariance)
  const spreadDegrees = units > 1 || isPooled ? Math.max(1, ofUnits.degrees) : Math.max(1, prompts - 1)
  const degrees =
    variance === 0
      ? spreadDegrees
      : 1 /
        ((spread / units / variance) ** 2 / spreadDegrees +
          (Math.max(0, variance - spread / units) / variance) ** 2 / Math.max(1, prompts - 1))
  return {
    effect,
    worlds,
    seeds,
    prompts,
    se: Math.sqrt(variance),
    degrees: Math.max(degrees, Math.min(spreadDegrees, prompts)),
    components: componentsOf(mean, spread, ofSeeds),
  }
}

const componentsOf = (
  { worlds, seeds, prompts, units, samplingVariance, runSamplingVariance, sharedVariance }: NestedMean,
  spread: number,
  ofSeeds: EstimatedVariance,
): Components => {
  const ofRun = runSamplingVariance - sharedVariance
  const sampling = Math.sqrt(Math.max(0, ofRun) * prompts)
  const prompt = Math.sqrt(sharedVariance * prompts)
  const beyond = (variance: number) => Math.max(0, variance)
  if (worlds === 1) return { world: null, seed: units > 1 ? Math.sqrt(beyond(spread - ofRun)) : null, sampling, prompt }
  const seed = ofSeeds.degrees > 0 && ofRun > 0 ? beyond((ofSeeds.variance - 1) * ofRun) : null
  const world = beyond(spread - (seed ?? 0) / seeds - (samplingVariance - sharedVariance))
  return { world: Math.sqrt(world), seed: seed === null ? null : Math.sqrt(seed), sampling, prompt }
}
