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
 * How well the variance between units is known: units are worlds, or seeds where there is one
 * world, and have one less degree of freedom than there are of them.
 */
export const unitDegreesOf = ({ worlds, seeds }: Design): number => Math.max(1, (worlds > 1 ? worlds : seeds) - 1)

/**
 * Degrees of freedom of the variance of an estimate, at least 1, by Satterthwaite (1946): of what
 * differs between units, `unitDegrees`, and of prompts one less than there are.
 */
export const degreesOf = (components: Components, design: Design, unitDegrees = unitDegreesOf(design)): number => {
  const { between, prompts, promptDegrees } = partsOf(components, design)
  const spread = between ** 2 / unitDegrees + prompts ** 2 / promptDegrees
  return spread === 0 ? Number.POSITIVE_INFINITY : Math.max(1, (between + prompts) ** 2 / spread)
}

/**
 * The degrees of freedom of what differs between units by which the whole has these degrees; those
 * of `unitDegreesOf` where no number of them would do.
 */
export const inferUnitDegrees = (components: Components, design: Design, degrees: number): number => {
  const { between, prompts, promptDegrees } = partsOf(components, design)
  const left = (between + prompts) ** 2 / degrees - prompts ** 2 / promptDegrees
  return left > 0 && between > 0 ? between ** 2 / left : unitDegreesOf(design)
}

const partsOf = (components: Components, design: Design) => {
  const { worlds, seeds, sampling, prompts } = sharesOf(components, design)
  return { between: worlds + seeds + sampling, prompts, promptDegrees: Math.max(1, design.prompts - 1) }
}
