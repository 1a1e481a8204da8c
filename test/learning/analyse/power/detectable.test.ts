import { expect, test } from "vitest"
import {
  type Components,
  type Design,
  degreesOf,
  detectableEffect,
  sharesOf,
  varianceOf,
} from "../../../../learning/analyse/power/index.ts"
import { simulatePower } from "./simulate.ts"

const predicted = (components: Components, design: Design): number =>
  detectableEffect({ se: Math.sqrt(varianceOf(components, design)), degrees: degreesOf(components, design) })

const components = { world: 0.03, seed: 0.02, sampling: 0.23, prompt: 0.17 }

test.each<[string, Components, Design]>([
  ["worlds dominate", components, { worlds: 6, seeds: 2, prompts: 32 }],
  ["four worlds are all that matters", { world: 0.06, seed: 0.02, sampling: 0.1, prompt: 0.01 }, { worlds: 4, seeds: 2, prompts: 32 }],
  ["seeds dominate", { world: 0.001, seed: 0.05, sampling: 0.1, prompt: 0.02 }, { worlds: 6, seeds: 2, prompts: 32 }],
  ["prompts dominate", { world: 0.002, seed: 0.005, sampling: 0.1, prompt: 0.3 }, { worlds: 4, seeds: 2, prompts: 32 }],
  ["there is one world", { world: null, seed: 0.02, sampling: 0.23, prompt: 0.1 }, { worlds: 1, seeds: 8, prompts: 32 }],
])("the detectable effect is found in 80 % of simulated studies, where %s", (_, components, design) => {
  const effect = predicted(components, design)
  const [whole, half, none] = simulatePower([effect, effect / 2, 0], components, design, 1000) as [number, number, number]
  expect(Math.abs(whole - 0.8)).toBeLessThan(0.04)
  expect(half).toBeLessThan(0.45)
  expect(none).toBeLessThan(0.04)
})

test("the four shares are those of the formula, and add up to the variance", () => {
  const design = { worlds: 4, seeds: 3, prompts: 256 }
  const shares = sharesOf(components, design)
  expect(shares.worlds).toBeCloseTo(0.0009 / 4, 12)
  expect(shares.seeds).toBeCloseTo(0.0004 / 12, 12)
  expect(shares.sampling).toBeCloseTo(0.0529 / 3072, 12)
  expect(shares.prompts).toBeCloseTo(0.0289 / 256, 12)
  expect(varianceOf(components, design)).toBeCloseTo(0.000225 + 0.0004 / 12 + 0.0529 / 3072 + 0.0289 / 256, 12)
})

test("an effect is as many standard errors as tables of Student's t say", () => {
  // t of 0.975 and of 0.8 with 4 degrees of freedom: 2.776 and 0.941.
  expect(detectableEffect({ se: 1, degrees: 4 })).toBeCloseTo(2.776 + 0.941, 3)
  expect(detectableEffect({ se: 2, degrees: Number.POSITIVE_INFINITY })).toBeCloseTo(2 * (1.96 + 0.8416), 3)
  // 0.995 and 0.9 with 10: 3.169 and 1.372.
  expect(detectableEffect({ se: 1, degrees: 10 }, { alpha: 0.01, power: 0.9 })).toBeCloseTo(3.169 + 1.372, 3)
})

test("where one source is all there is, degrees of freedom are one less than its number", () => {
  const design = { worlds: 5, seeds: 3, prompts: 100 }
  expect(degreesOf({ world: 1, seed: 0, sampling: 0, prompt: 0 }, design)).toBeCloseTo(4, 12)
  expect(degreesOf({ world: 0, seed: 0, sampling: 0, prompt: 1 }, design)).toBeCloseTo(99, 12)
  expect(degreesOf({ world: null, seed: 1, sampling: 0, prompt: 0 }, { ...design, worlds: 1 })).toBeCloseTo(2, 12)
})
