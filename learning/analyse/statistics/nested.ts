/** Means over worlds, seeds and prompts, with what each of them adds to the variance. */

import { mean } from "./mean.ts"

/**
 * A number that one run, or one pair of runs, gives. `influence[p]` is by how much prompt p moves
 * it: the number is, to first order, its expectation plus the sum over prompts.
 */
export interface Observation {
  /** Absent where runs have no axis "world". */
  readonly world: string | number | null
  readonly seed: number | null
  readonly value: number
  /** [prompts], in the order of one list that all observations share. */
  readonly influence: Float64Array
}

/** The mean of observations, and the parts of its variance before anything is pooled. */
export interface NestedMean {
  readonly effect: number
  readonly worlds: number
  /** The fewest seeds of a world. */
  readonly seeds: number
  /** Prompts that moved it. */
  readonly prompts: number
  /** What was averaged: the means of worlds or, where there is one world, the values of seeds. */
  readonly units: number
  /** Unbiased variance of the units; NaN of one. */
  readonly unitVariance: number
  /** What drawing other prompts and other responses does to a unit: its variance, averaged. */
  readonly samplingVariance: number
  /**
   * Covariance of two units by the prompts that they share; 0 if that is estimated to be negative.
   */
  readonly sharedVariance: number
  /** Variance of the effect if only prompts and responses were drawn again. */
  readonly promptVariance: number
  /**
   * Unbiased variance between the seeds of a world, and the sampling part of it; NaN where no world
   * has two.
   */
  readonly seedVariance: number
  readonly runSamplingVariance: number
}

/**
 * Averages observations over the seeds of each world and then over worlds. Every world counts the
 * same. Runs without a world are one world.
 */
export const averageNested = (observations: ReadonlyArray<Observation>): NestedMean => {
  const worlds = new Map<Observation["world"], Array<Observation>>()
  for (const observation of observations) {
    const group = worlds.get(observation.world)
    if (group === undefined) worlds.set(observation.world, [observation])
    else group.push(observation)
  }
  const groups = [...worlds.values()]
  const units = groups.length > 1 ? groups.map(averageOf) : observations.map(({ value, influence }) => ({ value, influence }))
  const ofUnits = units.map(({ influence }) => sumOfSquares(influence))
  const { influence } = averageOf(units)
  const promptVariance = sumOfSquares(influence)
  const samplingVariance = mean(ofUnits)
  const count = units.length
  const repeated = groups.filter(({ length }) => length > 1)
  return {
    effect: mean(units.map(({ value }) => value)),
    worlds: groups.length,
    seeds: Math.min(...groups.map(({ length }) => length)),
    prompts: Math.max(0, ...observations.map(({ influence: of }) => of.reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0))),
    units: count,
    unitVariance: variance(units.map(({ value }) => value)),
    samplingVariance,
    sharedVariance: count < 2 ? 0 : Math.max(0, ((promptVariance - samplingVariance / count) * count) / (count - 1)),
    promptVariance,
    seedVariance: repeated.length === 0 ? Number.NaN : mean(repeated.map((group) => variance(group.map(({ value }) => value)))),
    runSamplingVariance: mean(observations.map(({ influence: of }) => sumOfSquares(of))),
  }
}

const averageOf = (members: ReadonlyArray<Pick<Observation, "value" | "influence">>) => {
  const influence = new Float64Array(members[0]?.influence.length ?? 0)
  for (const member of members)
    for (let p = 0; p < influence.length; p++) influence[p] = (influence[p] as number) + (member.influence[p] as number) / members.length
  return { value: mean(members.map(({ value }) => value)), influence }
}

const sumOfSquares = (values: Float64Array): number => {
  let sum = 0
  for (let p = 0; p < values.length; p++) sum += (values[p] as number) ** 2
  return sum
}

const variance = (values: ReadonlyArray<number>): number => {
  if (values.length < 2) return Number.NaN
  const centre = mean(values)
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1)
}
