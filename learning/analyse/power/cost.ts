import type { Design } from "./variance.ts"

/** Work by what it is done once for, in core-seconds of the design that ran. */
export interface Work {
  /** Once for the study. */
  readonly study: number
  /** Once for each world. */
  readonly worlds: number
  /** Once for each seed in each world. */
  readonly seeds: number
}

export interface Costs {
  /** Stages whose work is in proportion to the prompts that they answer. */
  readonly evaluation: Work
  /** All others. */
  readonly other: Work
}

/**
 * What it takes to get from one design to a larger one, in core-seconds. Results of worlds and
 * seeds that have run are kept; evaluations on another number of prompts are all made again.
 */
export const addedCost = ({ evaluation, other }: Costs, from: Design, to: Design): number => {
  const worlds = to.worlds / from.worlds
  const runs = (to.worlds * to.seeds) / (from.worlds * from.seeds)
  const prompts = to.prompts / from.prompts
  const training = other.worlds * (worlds - 1) + other.seeds * (runs - 1)
  if (to.prompts === from.prompts) return training + evaluation.worlds * (worlds - 1) + evaluation.seeds * (runs - 1)
  return training + prompts * (evaluation.study + evaluation.worlds * worlds + evaluation.seeds * runs)
}
