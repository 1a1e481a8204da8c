import { StageError } from "../../../dsl/stage-error.ts"
import { integers } from "../../../engine/random/philox.ts"
import { mean } from "./mean.ts"
import { studentQuantile } from "./student.ts"

/** An estimate with the bounds of its interval, in the unit of the statistic. */
export interface Interval {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/**
 * One value per prompt, for each seed: `[seed][prompt]`. Several responses to a prompt are one
 * value, their mean: they are not independent.
 */
export type BySeed = ReadonlyArray<ArrayLike<number>>

export interface BootstrapOptions {
  /**
   * Seeds the resampling. Equal seeds resample alike, so intervals of several arms move together.
   */
  readonly seed: number
  /** 1,000 by default. */
  readonly resamples?: number
  /** How often the interval should hold the true value; 0.95 by default. */
  readonly level?: number
}

/**
 * The value for every seed, computed from the prompts at these places; a place may come more than
 * once.
 */
export type SeedStatistic = (prompts: Int32Array) => ReadonlyArray<number>

/**
 * Estimates the mean over seeds of any statistic of prompts, with an interval for other seeds *and*
 * other prompts: all seeds answered the same prompts in the same order, so the two are crossed.
 * With one seed it is the percentile interval over prompts alone.
 *
 * With S seeds, resampling them would show (S − 1)/S of their variance, and normal bounds would be
 * too narrow for so few. So prompts alone are resampled, and the variance of the mean is put
 * together from three unbiased parts: B, that of the mean when prompts are resampled; s²/S, of the
 * seeds' own values; less (A − B)/(S − 1), where A is the mean over seeds of each one's variance by
 * prompts: the interaction of seed and prompt, which the first two both hold. It is taken to be no
 * less than either of the first two. Bounds are Student's, with Satterthwaite's degrees of freedom.
 * (Components as in a two-way random-effects analysis of variance: Searle, Casella and McCulloch
 * 1992, chapter 4; why not to resample both: Owen 2007, "The pigeonhole bootstrap".)
 *
 * Throws a StageError `NoObservations` or `NotFinite`; resamples in which the statistic of a seed
 * is not finite are left out.
 */
export const estimateBySeed = (statistic: SeedStatistic, prompts: number, options: BootstrapOptions): Interval => {
  const { seed, resamples = 1000, level = 0.95 } = options
  if (prompts === 0)
    throw new StageError("NoObservations", 'an interval needs at least one prompt, got none. Evaluate with a "count" of at least 1.')
  const values = statistic(Int32Array.from({ length: prompts }, (_, prompt) => prompt))
  const seeds = values.length
  if (seeds === 0) throw new StageError("NoObservations", "an interval needs at least one seed, got none. Give at least one run.")
  const bad = values.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) throw new StageError("NotFinite", `the statistic of seed ${bad} should be finite, got ${values[bad]}`, { seed: bad })
  const estimate = mean(values)
  const rows = new Int32Array(prompts)
  const resampled: Array<ReadonlyArray<number>> = []
  for (let resample = 0; resample < resamples; resample++) {
    integers(seed, "bootstrap: prompts", resample, prompts, rows)
    const drawn = statistic(rows)
    if (drawn.every(Number.isFinite)) resampled.push(drawn)
  }
  const means = resampled.map(mean)
  if (seeds === 1) {
    const sorted = Float64Array.from(means).sort()
    return { estimate, low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) }
  }
  const byPrompts = variance(means)
  const ofEach = mean(values.map((_, index) => variance(resampled.map((drawn) => drawn[index] as number))))
  const bySeeds = variance(values) / seeds
  const total = Math.max(byPrompts, bySeeds, byPrompts + bySeeds - (ofEach - byPrompts) / (seeds - 1))
  if (total === 0) return { estimate, low: estimate, high: estimate }
  const degrees = 1 / ((bySeeds / total) ** 2 / (seeds - 1) + (byPrompts / total) ** 2 / Math.max(1, prompts - 1))
  const half = studentQuantile((1 + level) / 2, Math.max(seeds - 1, degrees)) * Math.sqrt(total)
  return { estimate, low: estimate - half, high: estimate + half }
}

/**
 * Estimates the mean of `[seed][prompt]` over all seeds and prompts, in the unit of its values; the
 * interval is that of `estimateBySeed`. Throws also a StageError `Unpaired` where seeds differ in
 * the number of prompts.
 */
export const estimateMean = (values: BySeed, options: BootstrapOptions): Interval => {
  checkObservations(values)
  return estimateBySeed((prompts) => values.map((row) => meanAt(row, prompts)), values[0]?.length ?? 0, options)
}

/** The mean of the values at these places. */
export const meanAt = (values: ArrayLike<number>, places: Int32Array): number => {
  let sum = 0
  for (let i = 0; i < places.length; i++) sum += values[places[i] as number] as number
  return sum / places.length
}

/**
 * The value below which a fraction of a sorted sample lies, by linear interpolation (Hyndman and
 * Fan 1996, definition 7). NaN of an empty one.
 */
export const quantile = (sorted: ArrayLike<number>, fraction: number): number => {
  const at = fraction * (sorted.length - 1)
  const below = sorted[Math.floor(at)] ?? Number.NaN
  const above = sorted[Math.ceil(at)] ?? Number.NaN
  return below + (above - below) * (at - Math.floor(at))
}

/** Unbiased; 0 of a single value. */
const variance = (values: ReadonlyArray<number>): number => {
  const centre = mean(values)
  return mean(values.map((value) => (value - centre) ** 2)) * (values.length / Math.max(1, values.length - 1))
}

const checkObservations = (values: BySeed): void => {
  if (values.length === 0 || values.some(({ length }) => length === 0)) {
    throw new StageError("NoObservations", "an interval needs at least one prompt of every seed, and at least one seed", {
      seeds: values.length,
    })
  }
  const first = values[0]?.length ?? 0
  for (const [seed, row] of values.entries()) {
    const bad = Array.from(row).findIndex((value) => !Number.isFinite(value))
    if (bad >= 0)
      throw new StageError("NotFinite", `the observation of seed ${seed}, prompt ${bad}, should be finite, got ${row[bad]}`, {
        seed,
        prompt: bad,
      })
    if (row.length !== first) {
      throw new StageError(
        "Unpaired",
        `all seeds should have the same prompts, but seed ${seed} has ${row.length} and seed 0 has ${first}. Evaluate all with the same "count".`,
        {
          seed,
        },
      )
    }
  }
}
