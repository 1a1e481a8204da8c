import type { Precision } from "./detectable.ts"
import { type Components, type Design, degreesOf, inferUnitDegrees, type Shares, sharesOf, unitDegreesOf, varianceOf } from "./variance.ts"

/** An estimate as a run has it. */
export interface Pilot extends Precision {
  readonly components: Components
  readonly design: Design
}

/**
 * The precision that the estimate would have by another design. The run's own standard error and
 * degrees of freedom may hold more than the components say: a variance that is pooled over claims
 * is better known (Smyth 2004). So the variance keeps its ratio to what the components say, and
 * what differs between units keeps the degrees of freedom that it has beyond their number. The
 * pilot's own design thus gives the pilot's own precision.
 */
export const forecast = ({ components, design, se, degrees }: Pilot, other: Design): Precision => {
  const variance = varianceOf(components, design)
  const ratio = variance === 0 ? 1 : se ** 2 / variance
  const own = unitDegreesOf(design)
  const known = inferUnitDegrees(components, design, degrees)
  const unitDegrees = unitDegreesOf(other) * Math.min(1, known / own) + Math.max(0, known - own)
  return { se: Math.sqrt(ratio * varianceOf(components, other)), degrees: degreesOf(components, other, unitDegrees) }
}

/** The source that contributes most to the variance by this design; the first of equals. */
export const largestSource = (components: Components, design: Design): keyof Shares => {
  const shares = Object.entries(sharesOf(components, design)) as ReadonlyArray<readonly [keyof Shares, number]>
  return shares.reduce((largest, each) => (each[1] > largest[1] ? each : largest))[0]
}
