/** How often each thing that varies is drawn. */
export interface Design {
  /** Worlds: all that is drawn once for the runs of a world. */
  readonly worlds: number
  /** Seeds of an arm in each world. */
  readonly seeds: number
  /** Prompts that each run answers, once each. */
  readonly prompts: number
}

/**
 * Standard deviations of what varies, in the unit of the quantity: the columns `sd_world`,
 * `sd_seed`, `sd_sampling` and `sd_prompt` of the table of estimates.
 */
export interface Components {
  /** Between worlds; null where there was one, so that an estimate holds for that world alone. */
  readonly world: number | null
  readonly seed: number
  readonly sampling: number
  readonly prompt: number
}

/**
 * What each source contributes to the variance of an estimate, in the unit of the quantity squared.
 */
export type Shares = Readonly<Record<"worlds" | "seeds" | "sampling" | "prompts", number>>

/**
 * The parts of σ_world²/W + σ_seed²/(W·S) + σ_sampling²/(W·S·n) + σ_prompt²/n: worlds, seeds nested
 * in worlds, and prompts crossed with both (Searle, Casella and McCulloch 1992, chapter 4).
 */
export const sharesOf = ({ world, seed, sampling, prompt }: Components, { worlds, seeds, prompts }: Design): Shares => ({
  worlds: (world ?? 0) ** 2 / worlds,
  seeds: seed ** 2 / (worlds * seeds),
  sampling: sampling ** 2 / (worlds * seeds * prompts),
  prompts: prompt ** 2 / prompts,
})

/** The variance of an estimate. */
export const varianceOf = (components: Components, design: Design): number => {
  const { worlds, seeds, sampling, prompts } = sharesOf(components, design)
  return worlds + seeds + sampling + prompts
}

/**
 * Degrees of freedom of that variance, at least 1, by Satterthwaite (1946): the means of worlds, or
 * of seeds where there is one world, have one less than their number, and those of prompts too.
 */
export const degreesOf = (components: Components, design: Design): number => {
  const { worlds, seeds, sampling, prompts } = sharesOf(components, design)
  const between = worlds + seeds + sampling
  const units = design.worlds > 1 ? design.worlds : design.seeds
  const spread = share(between, units) + share(prompts, design.prompts)
  return spread === 0 ? Number.POSITIVE_INFINITY : Math.max(1, (between + prompts) ** 2 / spread)
}

/** Of one unit nothing is known, but that its variance is no better known than that of two. */
const share = (variance: number, units: number): number => variance ** 2 / Math.max(1, units - 1)
