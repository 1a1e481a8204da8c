import { normals } from "../../../../engine/random/philox.ts"
import type { Components, Design } from "../../../../learning/analyse/power/index.ts"
import { studentQuantile } from "../../../../learning/analyse/statistics/student.ts"

const mean = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i] as number
  return sum / values.length
}

const variance = (values: ReadonlyArray<number>): number => {
  const centre = mean(values)
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1)
}

/** `[run][prompt]`: all that varies around an effect. */
const draw = ({ world, seed, sampling, prompt }: Components, { worlds, seeds, prompts }: Design, study: number): Array<Float64Array> => {
  const runs = worlds * seeds
  const numbers = normals(7, "studies", study, new Float32Array(worlds + runs + prompts + runs * prompts))
  const at = (index: number) => numbers[index] as number
  return Array.from({ length: runs }, (_, run) =>
    Float64Array.from({ length: prompts }, (_, place) => {
      const shared = (world ?? 0) * at(Math.floor(run / seeds)) + prompt * at(worlds + runs + place)
      return shared + seed * at(worlds + run) + sampling * at(worlds + runs + prompts + run * prompts + place)
    }),
  )
}

/**
 * The effect above which a study finds one above 0: from its data alone, by the mean squares of a
 * nested and crossed analysis of variance, without any formula of the code that is tested.
 */
const leastFound = (data: ReadonlyArray<Float64Array>, { worlds, seeds, prompts }: Design): number => {
  const runMeans = data.map(mean)
  const grand = mean(runMeans)
  const promptMeans = Array.from({ length: prompts }, (_, place) => mean(data.map((row) => row[place] as number)))
  const units =
    worlds > 1 ? Array.from({ length: worlds }, (_, world) => mean(runMeans.slice(world * seeds, (world + 1) * seeds))) : runMeans
  let squares = 0
  for (const [run, row] of data.entries())
    for (let place = 0; place < prompts; place++)
      squares += ((row[place] as number) - (runMeans[run] as number) - (promptMeans[place] as number) + grand) ** 2
  const residual = squares / ((data.length - 1) * (prompts - 1)) / (data.length * prompts)
  const between = variance(units) / units.length
  const shared = Math.max(0, variance(promptMeans) / prompts - residual)
  const degrees = (between + shared) ** 2 / (between ** 2 / (units.length - 1) + shared ** 2 / (prompts - 1))
  // The study has found an effect of 0; another one is added to all of its data.
  return studentQuantile(0.975, Math.max(1, degrees)) * Math.sqrt(between + shared) - grand
}

/** In what fraction of simulated studies each effect is found. */
export const simulatePower = (
  effects: ReadonlyArray<number>,
  components: Components,
  design: Design,
  studies: number,
): ReadonlyArray<number> => {
  const least = Array.from({ length: studies }, (_, study) => leastFound(draw(components, design, study), design))
  return effects.map((effect) => least.filter((each) => effect > each).length / studies)
}
