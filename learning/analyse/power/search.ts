import { normalQuantile } from "../statistics/student.ts"
import { addedCost, type Costs } from "./cost.ts"
import { detectableEffect } from "./detectable.ts"
import { forecast, largestSource, type Pilot } from "./forecast.ts"
import type { Design, Shares } from "./variance.ts"

/** The largest designs that are considered. */
export const limits: Design = { worlds: 64, seeds: 64, prompts: 16_384 }

/** A design, and what it takes to get there from the pilot's, in core-seconds. */
export interface Step {
  readonly design: Design
  readonly coreSeconds: number
}

/**
 * Finds the cheapest design by which the detectable effect of every estimate is at most the target:
 * as many worlds and seeds as the pilot has or more, and its prompts or twice, four times … as
 * many, within `limits`. Worlds stay as they are where there is one, since nothing is known of
 * others. Undefined if there is none. Of equally cheap designs it is the one with fewer worlds,
 * then seeds, then prompts. All estimates must be of one design; throws a RangeError if they are
 * not.
 */
export const findCheapestDesign = (pilots: ReadonlyArray<Pilot>, costs: Costs, target: number): Step | undefined => {
  const [first] = pilots
  if (first === undefined) return undefined
  const { design } = first
  if (pilots.some((pilot) => isOther(pilot.design, design))) throw new RangeError("findCheapestDesign: expected estimates of one design")
  const hasWorlds = design.worlds > 1 && pilots.every(({ components }) => components.world !== null)
  const steps = designsFrom(design, hasWorlds)
    .map((to): Step => ({ design: to, coreSeconds: addedCost(costs, design, to) }))
    .sort((a, b) => a.coreSeconds - b.coreSeconds || compare(a.design, b.design))
  return steps.find((step) => pilots.every((pilot) => reaches(pilot, step.design, target)))
}

const isOther = (a: Design, b: Design): boolean => compare(a, b) !== 0

const compare = (a: Design, b: Design): number => a.worlds - b.worlds || a.seeds - b.seeds || a.prompts - b.prompts

const designsFrom = (from: Design, hasWorlds: boolean): ReadonlyArray<Design> => {
  const worldCounts = hasWorlds ? upTo(from.worlds, limits.worlds) : [from.worlds]
  const promptCounts = [from.prompts]
  while ((promptCounts.at(-1) as number) * 2 <= limits.prompts) promptCounts.push((promptCounts.at(-1) as number) * 2)
  return worldCounts.flatMap((worlds) =>
    upTo(from.seeds, limits.seeds).flatMap((seeds) => promptCounts.map((prompts): Design => ({ worlds, seeds, prompts }))),
  )
}

const upTo = (from: number, to: number): ReadonlyArray<number> =>
  Array.from({ length: Math.max(1, to - from + 1) }, (_, index) => from + index)

const reaches = (pilot: Pilot, design: Design, target: number): boolean => {
  const precision = forecast(pilot, design)
  // Exact quantiles take a thousand times longer, and most designs are far from the target.
  return leastErrors(precision.degrees) * precision.se <= target && detectableEffect(precision) <= target
}

/** What the detectable effect is at least, in standard errors. */
const leastErrors = (degrees: number): number => quantileFromBelow(zOfInterval, degrees) + quantileFromBelow(zOfPower, degrees)

const zOfInterval = normalQuantile(0.975)
const zOfPower = normalQuantile(0.8)

/**
 * The first terms of the expansion of Student's quantile in 1/ν (Abramowitz and Stegun 1964,
 * 26.7.5). For these two z all that is left out is positive. `studentQuantile` is normal beyond
 * 1,000 degrees, and no more than that is said here.
 */
const quantileFromBelow = (z: number, degrees: number): number =>
  degrees > 1000 ? z : z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2)

/**
 * Whether more seeds alone could reach the target, with worlds and prompts as they are; else which
 * source is then the largest.
 */
export const seedsAlone = (pilot: Pilot, target: number): { readonly reaches: boolean; readonly largest: keyof Shares } => {
  const endless = { ...pilot.design, seeds: Number.POSITIVE_INFINITY }
  return { reaches: reaches(pilot, endless, target), largest: largestSource(pilot.components, endless) }
}
