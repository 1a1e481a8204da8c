import { expect, test } from "vitest"
import { normals } from "../../../../engine/random/philox.ts"
import { averageNested, type Observation } from "../../../../learning/analyse/statistics/nested.ts"

const observation = (world: number | null, seed: number, value: number, influence: ReadonlyArray<number> = [0, 0]): Observation => ({
  world,
  seed,
  value,
  influence: Float64Array.from(influence),
})

test("worlds count alike, however many seeds they have; without worlds seeds do", () => {
  const uneven = averageNested([observation(1, 1, 0), observation(1, 2, 0.2), observation(2, 1, 0.5)])
  expect(uneven).toMatchObject({ effect: 0.3, worlds: 2, seeds: 1, units: 2 })
  expect(uneven.unitVariance).toBeCloseTo(0.08, 12)
  expect(uneven.seedVariance).toBeCloseTo(0.02, 12)
  const seeds = averageNested([observation(null, 1, 0), observation(null, 2, 0.2), observation(null, 3, 0.4)])
  expect(seeds).toMatchObject({ worlds: 1, seeds: 3, units: 3 })
  expect(seeds.effect).toBeCloseTo(0.2, 12)
  expect(seeds.unitVariance).toBeCloseTo(0.04, 12)
})

test("what two units share by their prompts is told from what each has of its own", () => {
  const shared = averageNested([observation(null, 1, 0, [0.1, -0.1]), observation(null, 2, 0, [0.1, -0.1])])
  expect(shared.samplingVariance).toBeCloseTo(0.02, 12)
  expect(shared.promptVariance).toBeCloseTo(0.02, 12)
  expect(shared.sharedVariance).toBeCloseTo(0.02, 12)
  const apart = averageNested([observation(null, 1, 0, [0.1, 0]), observation(null, 2, 0, [0, 0.1])])
  expect(apart.promptVariance).toBeCloseTo(0.005, 12)
  expect(apart.sharedVariance).toBeCloseTo(0, 12)
})

test("on average the parts are those that the values were made of", () => {
  const [worlds, seeds, prompts, trials] = [3, 2, 40, 400]
  const sd = { world: 0.5, seed: 0.3, prompt: 1.5, response: 2 }
  const sums = { unit: 0, seed: 0, shared: 0, run: 0 }
  for (let trial = 0; trial < trials; trial++) {
    const ofWorlds = normals(trial, "worlds", 0, new Float32Array(worlds))
    const ofSeeds = normals(trial, "seeds", 0, new Float32Array(worlds * seeds))
    const ofPrompts = normals(trial, "prompts", 0, new Float32Array(prompts))
    const observations = Array.from({ length: worlds * seeds }, (_, run) => {
      const noise = normals(trial, "noise", run, new Float32Array(prompts))
      const values = Array.from(noise, (each, prompt) => sd.prompt * (ofPrompts[prompt] as number) + sd.response * each)
      const mean = values.reduce((sum, value) => sum + value, 0) / prompts
      const world = Math.floor(run / seeds)
      const value = sd.world * (ofWorlds[world] as number) + sd.seed * (ofSeeds[run] as number) + mean
      return observation(
        world,
        run,
        value,
        values.map((each) => (each - mean) / prompts),
      )
    })
    const found = averageNested(observations)
    sums.unit += found.unitVariance / trials
    sums.seed += found.seedVariance / trials
    sums.shared += found.sharedVariance / trials
    sums.run += found.runSamplingVariance / trials
  }
  const response = sd.response ** 2 / prompts
  // Standard errors of the four are 4 to 5 %.
  expect(sums.unit / (sd.world ** 2 + (sd.seed ** 2 + response) / seeds)).toBeCloseTo(1, 0.8)
  expect(sums.seed / (sd.seed ** 2 + response)).toBeCloseTo(1, 0.8)
  expect(sums.shared / (sd.prompt ** 2 / prompts)).toBeCloseTo(1, 0.8)
  expect(sums.run / ((sd.prompt ** 2 + sd.response ** 2) / prompts)).toBeCloseTo(1, 0.8)
})
