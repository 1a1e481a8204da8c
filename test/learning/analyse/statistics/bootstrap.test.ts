import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { normals } from "../../../../engine/random/philox.ts"
import {
  type BootstrapOptions,
  type BySeed,
  estimateBySeed,
  estimateMean,
  meanAt,
  quantile,
} from "../../../../learning/analyse/statistics/bootstrap.ts"
import { mean } from "../../../../learning/analyse/statistics/mean.ts"

const value = fc.double({ min: -10, max: 10, noNaN: true })
const observations = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 8 }))
  .chain(([seeds, prompts]) =>
    fc.array(fc.array(value, { minLength: prompts, maxLength: prompts }), { minLength: seeds, maxLength: seeds }),
  )
const options: BootstrapOptions = { seed: 1, resamples: 60 }

/**
 * Seeds and prompts with normal effects of the given sizes, plus noise of size 1; the true mean is
 * 0.
 */
const simulate = (trial: number, seeds: number, prompts: number, seedEffect: number, promptEffect: number): BySeed => {
  const draw = (purpose: string, index: number, count: number) => normals(trial, purpose, index, new Float32Array(count))
  const [ofSeed, ofPrompt] = [draw("seeds", 0, seeds), draw("prompts", 0, prompts)]
  return Array.from(ofSeed, (effect, seed) =>
    draw("noise", seed, prompts).map((noise, prompt) => noise + seedEffect * effect + promptEffect * (ofPrompt[prompt] as number)),
  )
}

/** In how many of 200 trials the interval holds the true mean. */
const coverage = (observe: (trial: number) => BySeed): number => {
  let held = 0
  for (let trial = 0; trial < 200; trial++) {
    const { low, high } = estimateMean(observe(trial), { seed: trial, resamples: 60 })
    if (low <= 0 && 0 <= high) held += 1
  }
  return held / 200
}

describe("an interval of 95 % holds the truth about as often as it says, with as few seeds as", () => {
  // 200 trials scatter by 1.6 points. A percentile bootstrap over three seeds holds it in about 75
  // of 100.
  for (const seeds of [3, 5]) {
    test.each([
      ["seeds differ most", 0.5, 0],
      ["prompts differ most", 0, 1],
      ["both differ", 0.15, 0.5],
      ["neither differs", 0, 0],
    ])(`${seeds}, when %s`, (_, seedEffect, promptEffect) => {
      const held = coverage((trial) => simulate(trial, seeds, 30, seedEffect, promptEffect))
      expect(held).toBeGreaterThan(0.9)
    })
  }

  test("one, over prompts alone", () => {
    expect(coverage((trial) => simulate(trial, 1, 40, 0, 0))).toBeGreaterThan(0.9)
  })
})

test("the interval is no wider than it has to be where only prompts differ", () => {
  const { low, high } = estimateMean(simulate(3, 5, 400, 0, 1), { seed: 1 })
  // Variance 1/400 by prompts and 1/2000 by noise.
  expect((high - low) / 2).toBeLessThan(1.3 * 1.96 * Math.sqrt(1 / 400 + 1 / 2000))
})

test("the interval contains seeds, not only prompts", () => {
  const width = (values: BySeed) => {
    const { low, high } = estimateMean(values, { seed: 1 })
    return high - low
  }
  // Seeds that agree within themselves and not with each other: over prompts alone nothing would
  // vary.
  expect(width([new Float64Array(100).fill(0.4), new Float64Array(100).fill(0.5), new Float64Array(100).fill(0.6)])).toBeGreaterThan(0.1)
  expect(width([new Float64Array(300).fill(0.5)])).toBe(0)
})

test("the interval lies around the estimate, and that of one seed within the range of the values", () => {
  fc.assert(
    fc.property(observations, (values) => {
      const { estimate, low, high } = estimateMean(values, options)
      const all = values.flat()
      expect(estimate).toBeCloseTo(mean(all), 9)
      expect(low).toBeLessThanOrEqual(high)
      if (values.length > 1) return
      expect(low).toBeGreaterThanOrEqual(Math.min(...all) - 1e-9)
      expect(high).toBeLessThanOrEqual(Math.max(...all) + 1e-9)
    }),
  )
  const [{ estimate, low, high }] = [estimateMean(simulate(1, 1, 4000, 0, 0), { seed: 1 })]
  expect((high - low) / 2).toBeCloseTo(1.96 / Math.sqrt(4000), 2)
  expect((low + high) / 2).toBeCloseTo(estimate, 2)
})

test("the same seed gives the same interval, another one another", () => {
  const values = simulate(1, 3, 20, 0, 1)
  expect(estimateMean(values, { seed: 5 })).toEqual(estimateMean(values, { seed: 5 }))
  expect(estimateMean(values, { seed: 6 })).not.toEqual(estimateMean(values, { seed: 5 }))
})

test("a wider level gives a wider interval", () => {
  const values = simulate(1, 3, 50, 0.2, 0)
  const [narrow, wide] = [0.5, 0.95].map((level) => estimateMean(values, { seed: 1, level }))
  expect(wide?.low).toBeLessThan(narrow?.low as number)
  expect(wide?.high).toBeGreaterThan(narrow?.high as number)
})

test("negating the observations mirrors the interval", () => {
  fc.assert(
    fc.property(observations, (values) => {
      const { low, high } = estimateMean(values, options)
      const mirrored = estimateMean(
        values.map((row) => row.map((each) => -each)),
        options,
      )
      expect(mirrored.low).toBeCloseTo(-high, 9)
      expect(mirrored.high).toBeCloseTo(-low, 9)
    }),
  )
})

test("resamples in which the statistic is not finite are left out, and the others carry the interval", () => {
  const [wins, decided] = [
    [1, 0, 0],
    [1, 0, 0],
  ]
  const ratio = (prompts: Int32Array) => [meanAt(wins, prompts) / meanAt(decided, prompts)]
  expect(estimateBySeed(ratio, 3, options)).toEqual({ estimate: 1, low: 1, high: 1 })
})

test("quantiles of a small sample are those of the definition", () => {
  expect([0, 0.25, 0.5, 0.9, 1].map((share) => quantile([1, 2, 3, 4, 5], share))).toEqual([1, 2, 3, 4.6, 5])
  expect(quantile([], 0.5)).toBeNaN()
})

test("observations that have no interval are refused", () => {
  const tag = (name: string) => expect.objectContaining({ tag: name })
  expect(() => estimateMean([], options)).toThrow(tag("NoObservations"))
  expect(() => estimateMean([[1], []], options)).toThrow(tag("NoObservations"))
  expect(() => estimateMean([[1, Number.NaN]], options)).toThrow(tag("NotFinite"))
  expect(() => estimateMean([[1, 2], [1]], options)).toThrow(tag("Unpaired"))
})
