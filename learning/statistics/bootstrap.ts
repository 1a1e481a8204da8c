import { StageError } from "../../dsl/stage-error.ts"
import { integers } from "../../engine/random/philox.ts"

/** An estimate with the bounds of its interval, in the unit of what was measured. */
export interface Interval {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/** One value a prompt, for each seed: `[seed][prompt]`. Several responses to a prompt are one value, their mean: they are not independent. */
export type BySeed = ReadonlyArray<ArrayLike<number>>

export interface BootstrapOptions {
  /** Seeds the resampling. Equal seeds resample alike, so intervals of several arms move together. */
  readonly seed: number
  /** 2,000 unless told; the bounds of a 95 % interval then move by about a twentieth of its width from seed to seed. */
  readonly resamples?: number
  /** The share of resamples inside the interval, 0.95 unless told. */
  readonly level?: number
  /**
   * `within` (the default): every resampled seed draws prompts of its own. `shared`: one draw of prompts for all seeds, for
   * seeds that answered the same prompts in the same order; what is hard about a prompt then does not average out over seeds.
   */
  readonly prompts?: "within" | "shared"
}

/**
 * The mean over all seeds and prompts with its percentile interval by hierarchical bootstrap: draw as many seeds as there
 * are, with replacement, then as many prompts (Davison and Hinkley 1997, §3.8). With one seed the interval is over prompts alone;
 * with S seeds it shows (S − 1)/S of the variance between seeds, so with two or three it is too narrow.
 * Fails with a StageError "NoObservations", "NotFinite", or "Unpaired" where shared prompts differ in number.
 */
export const bootstrap = (values: BySeed, options: BootstrapOptions): Interval => {
  const ones = values.map(({ length }) => new Float64Array(length).fill(1))
  // A mean is a ratio that has a value in every resample.
  return bootstrapRatio(values, ones, options) as Interval
}

/**
 * As `bootstrap`, for the ratio of two sums over seeds and prompts, like wins per decided comparison; both have the same shape.
 * Resamples whose denominator is 0 have no ratio and are left out; undefined if the observations themselves have none.
 */
export const bootstrapRatio = (numerators: BySeed, denominators: BySeed, options: BootstrapOptions): Interval | undefined => {
  const { seed, resamples = 2000, level = 0.95, prompts = "within" } = options
  check(numerators, denominators, prompts)
  const total = denominators.reduce((sum, row) => sum + sumOf(row), 0)
  if (total === 0) return undefined
  const estimate = numerators.reduce((sum, row) => sum + sumOf(row), 0) / total
  const seeds = numerators.length
  const drawnSeeds = new Int32Array(seeds)
  const drawnPrompts = numerators.map(({ length }) => new Int32Array(length))
  const ratios: Array<number> = []
  for (let resample = 0; resample < resamples; resample++) {
    integers(seed, "bootstrap: seeds", resample, seeds, drawnSeeds)
    let above = 0
    let below = 0
    for (let slot = 0; slot < seeds; slot++) {
      const drawn = drawnSeeds[slot] as number
      const rows = drawnPrompts[drawn] as Int32Array
      integers(seed, "bootstrap: prompts", prompts === "shared" ? resample : resample * seeds + slot, rows.length, rows)
      const numerator = numerators[drawn] as ArrayLike<number>
      const denominator = denominators[drawn] as ArrayLike<number>
      for (const row of rows) {
        above += numerator[row] as number
        below += denominator[row] as number
      }
    }
    if (below !== 0) ratios.push(above / below)
  }
  const sorted = Float64Array.from(ratios).sort()
  return { estimate, low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) }
}

/** The value below which a share of a sorted sample lies, by linear interpolation (Hyndman and Fan 1996, definition 7). NaN of an empty one. */
export const quantile = (sorted: ArrayLike<number>, share: number): number => {
  const at = share * (sorted.length - 1)
  const below = sorted[Math.floor(at)] ?? Number.NaN
  const above = sorted[Math.ceil(at)] ?? Number.NaN
  return below + (above - below) * (at - Math.floor(at))
}

const sumOf = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] as number
  return sum
}

const check = (numerators: BySeed, denominators: BySeed, prompts: "within" | "shared"): void => {
  if (numerators.length === 0 || numerators.some(({ length }) => length === 0)) {
    throw new StageError("NoObservations", "there is no interval without observations: every seed needs at least one prompt", {
      seeds: numerators.length,
    })
  }
  const first = numerators[0]?.length ?? 0
  for (const [seed, row] of numerators.entries()) {
    const bad = Array.from(row).findIndex((value, prompt) => !Number.isFinite(value) || !Number.isFinite(denominators[seed]?.[prompt]))
    if (bad >= 0)
      throw new StageError("NotFinite", `the observation of seed ${seed}, prompt ${bad}, is no finite number`, { seed, prompt: bad })
    if (prompts === "shared" && row.length !== first) {
      throw new StageError("Unpaired", `seed ${seed} has ${row.length} prompts and seed 0 has ${first}: they share none to resample`, {
        seed,
      })
    }
  }
}
