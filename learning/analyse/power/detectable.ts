import { studentQuantile } from "../statistics/student.ts"

/** A standard error, in the unit of the quantity, and its degrees of freedom. */
export interface Precision {
  readonly se: number
  readonly degrees: number
}

export interface Test {
  /** Of a two-sided test, or 1 less the level of an interval; 0.05 by default. */
  readonly alpha?: number
  /** How often the test should find the effect; 0.8 by default. */
  readonly power?: number
}

/**
 * The smallest effect, in the unit of the quantity, that an interval excludes 0 for with the given
 * power: (t₁₋α⸝₂ + t_power) · se, both of the same degrees of freedom (Cohen 1988; with few degrees
 * it is an approximation to the noncentral t, a little too small).
 */
export const detectableEffect = ({ se, degrees }: Precision, { alpha = 0.05, power = 0.8 }: Test = {}): number =>
  (studentQuantile(1 - alpha / 2, degrees) + studentQuantile(power, degrees)) * se
