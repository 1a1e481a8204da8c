import type { Precision } from "./detectable.ts"
import { type Components, type Design, degreesOf, type Shares, sharesOf, varianceOf } from "./variance.ts"

/** An estimate as a run has it. */
export interface Pilot extends Precision {
  readonly components: Components
  readonly design: Design
}

/**
 * The precision that the estimate would have by another design. The run's own standard error and
 * degrees of freedom may hold more than the components say (a variance that is pooled over claims
 * has more degrees of freedom): the variance keeps its ratio to what the components say, and
 * degrees keep what they have beyond it, so that the pilot's own design gives the pilot's own
 * precision.
 */
export const forecast = ({ components, design, se, degrees }: Pilot, other: Design): Precision => {
  const variance = varianceOf(components, design)
  const ratio = variance === 0 ? 1 : se ** 2 / variance
  const known = degreesOf(components, design)
  const expected = degreesOf(components, other)
  const scaled = Number.isFinite(known) ? expected * Math.min(1, degrees / known) + Math.max(0, degrees - known) : expected
  return { se: Math.sqrt(ratio * varianceOf(components, other)), degrees: Math.max(1, scaled) }
}

/** The source that contributes most to the variance by this design; the first of equals. */
export const largestSource = (components: Components, design: Design): keyof Shares => {
  const shares = Object.entries(sharesOf(components, design)) as ReadonlyArray<readonly [keyof Shares, number]>
  return shares.reduce((largest, each) => (each[1] > largest[1] ? each : largest))[0]
}
