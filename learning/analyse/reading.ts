/** Numbers read off one run, with what each prompt or pair adds to them. */

import type { Measured, MeasuredCheckpoint } from "./measured-run.ts"
import { type CurveReading, fitCurve, type SmoothCurve } from "./statistics/smooth-curve.ts"

/** A number of one run, and by how much each unit (prompt or pair) moves it. */
export interface Reading {
  readonly value: number
  /** [units] */
  readonly influence: Float64Array
}

/** A weighted sum of readings. */
export const combine = (terms: ReadonlyArray<readonly [weight: number, reading: Reading]>): Reading => {
  const influence = new Float64Array(terms[0]?.[1].influence.length ?? 0)
  let value = 0
  for (const [weight, reading] of terms) {
    value += weight * reading.value
    for (let unit = 0; unit < influence.length; unit++)
      influence[unit] = (influence[unit] as number) + weight * (reading.influence[unit] as number)
  }
  return { value, influence }
}

/** The mean of what was measured. */
export const meanOf = ({ values }: Measured): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** The win rates of one run as a smooth curve over KL, in nats. */
export class WinRateCurve {
  /** Of its first and its last checkpoint in order of KL. */
  readonly from: number
  readonly to: number
  readonly #checkpoints: ReadonlyArray<MeasuredCheckpoint>
  readonly #kls: ReadonlyArray<number>
  readonly #rates: ReadonlyArray<number>
  readonly #curve: SmoothCurve
  readonly #units: number

  /** `anchor` is the win rate at a KL of 0, where it is known; then the curve begins there. */
  constructor(checkpoints: ReadonlyArray<MeasuredCheckpoint>, anchor: number | undefined, units: number) {
    this.#checkpoints = checkpoints
    this.#kls = checkpoints.map(({ kl }) => meanOf(kl))
    this.#rates = checkpoints.map(({ outcome }) => meanOf(outcome))
    this.#curve = fitCurve(this.#kls, this.#rates, anchor)
    this.#units = units
    this.from = anchor === undefined ? Math.min(...this.#kls) : 0
    this.to = Math.max(...this.#kls)
  }

  /** Whether the run gets to a KL: within a twentieth of it, because mean KLs are noisy too. */
  reaches(kl: number): boolean {
    return this.from <= kl * 1.05 && this.to >= kl * 0.95
  }

  at(kl: number): Reading {
    return this.#read(this.#curve.at(kl))
  }

  slopeAt(kl: number): Reading {
    return this.#read(this.#curve.slopeAt(kl))
  }

  /** The KL of its highest point between its first and its last checkpoint. */
  get peak(): number {
    let [place, highest] = [this.from, Number.NEGATIVE_INFINITY]
    for (const kl of this.#grid()) {
      const { value } = this.#curve.at(kl)
      if (value > highest) [place, highest] = [kl, value]
    }
    return place
  }

  /** The KL at which it first rises through this win rate; undefined where it never does. */
  whereIs(winRate: number): number | undefined {
    const grid = this.#grid()
    const place = grid.findIndex((kl) => this.#curve.at(kl).value >= winRate)
    return place > 0 ? grid[place] : undefined
  }

  /**
   * Another measurement of the same checkpoints, as a curve over KL of the same form: its value at
   * a KL, and its slope there. `anchor` is its value at a KL of 0.
   */
  readOther(kl: number, measured: ReadonlyArray<Measured>, anchor: number): { readonly reading: Reading; readonly slope: number } {
    const curve = fitCurve(this.#kls, measured.map(meanOf), anchor)
    return { reading: this.#read(curve.at(kl), measured, curve), slope: curve.slopeAt(kl).value }
  }

  #grid(): ReadonlyArray<number> {
    const [low, high] = [Math.sqrt(this.from), Math.sqrt(this.to)]
    return Array.from({ length: gridSize + 1 }, (_, index) => (low + ((high - low) * index) / gridSize) ** 2)
  }

  /**
   * A prompt moves the value of each checkpoint, and its KL, along which the curve carries the
   * value with it.
   */
  #read(
    { value, weights }: CurveReading,
    measured: ReadonlyArray<Measured> = this.#checkpoints.map(({ outcome }) => outcome),
    curve: SmoothCurve = this.#curve,
  ): Reading {
    const influence = new Float64Array(this.#units)
    for (const [index, checkpoint] of this.#checkpoints.entries()) {
      const weight = weights[index] as number
      add(influence, measured[index] as Measured, weight)
      add(influence, checkpoint.kl, -weight * curve.slopeAt(this.#kls[index] as number).value)
    }
    return { value, influence }
  }
}

/** How finely a curve is searched. */
const gridSize = 400

/** Adds what each unit adds to the mean of a measurement. */
const add = (influence: Float64Array, measured: Measured, weight: number): void => {
  const { places, values } = measured
  const mean = meanOf(measured)
  for (let index = 0; index < places.length; index++) {
    const place = places[index] as number
    influence[place] = (influence[place] as number) + (weight * ((values[index] as number) - mean)) / values.length
  }
}

/** The mean of a measurement as a reading. */
export const readMean = (measured: Measured, units: number): Reading => {
  const influence = new Float64Array(units)
  add(influence, measured, 1)
  return { value: meanOf(measured), influence }
}

/**
 * Slope of win rate in accuracy over the checkpoints of a run, by least squares; undefined where
 * accuracy does not vary.
 */
export const readSlope = (accuracies: ReadonlyArray<Measured>, outcomes: ReadonlyArray<Measured>, units: number): Reading | undefined => {
  const [x, y] = [accuracies.map(meanOf), outcomes.map(meanOf)]
  const [xMean, yMean] = [x, y].map((values) => values.reduce((sum, value) => sum + value, 0) / values.length) as [number, number]
  const squares = x.reduce((sum, value) => sum + (value - xMean) ** 2, 0)
  if (!(squares > 1e-12)) return undefined
  const slope = x.reduce((sum, value, index) => sum + ((value - xMean) * ((y[index] as number) - yMean)) / squares, 0)
  const influence = new Float64Array(units)
  for (const index of x.keys()) {
    const weight = ((x[index] as number) - xMean) / squares
    add(influence, outcomes[index] as Measured, weight)
    const residual = (y[index] as number) - yMean - slope * ((x[index] as number) - xMean)
    add(influence, accuracies[index] as Measured, residual / squares - slope * weight)
  }
  return { value: slope, influence }
}
