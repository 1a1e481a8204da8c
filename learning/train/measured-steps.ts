import { integers } from "../../engine/random/philox.ts"

/**
 * Steps of which one is measured. A measurement costs about as much as a step of an offline learner
 * of the smallest size, and so a few percent of its run; less of all others.
 */
export const stepsPerMeasurement = 25

/**
 * Steps at which a run of `steps` measures what would cost too much at every step: one of each 25,
 * drawn at random, so that their mean is unbiased whatever has a period, such as a policy that is
 * synchronised. The last of them may stand for fewer steps.
 */
export const measuredSteps = (steps: number, seed: number): ReadonlyArray<number> =>
  Array.from({ length: Math.ceil(steps / stepsPerMeasurement) }, (_, block) => {
    const start = block * stepsPerMeasurement
    const size = Math.min(stepsPerMeasurement, steps - start)
    return 1 + start + (integers(seed, "measured step", block, size, new Int32Array(1))[0] as number)
  })
