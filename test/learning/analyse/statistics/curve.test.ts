import { expect, test } from "vitest"
import { integers } from "../../../../engine/random/philox.ts"
import { computeWinRatesAt, correlate, findCommonGrid, findPeak } from "../../../../learning/analyse/statistics/curve.ts"

const all = Int32Array.of(0, 1)
/** A checkpoint of two prompts. */
const checkpoint = (kl: number, rate: number) => ({ kl: [kl - 0.5, kl + 0.5], outcome: [rate, rate] })

test("a win rate between two checkpoints is interpolated, in order of KL, and beyond them stays", () => {
  const curve = [checkpoint(3, 0.9), checkpoint(1, 0.5)]
  const rates = computeWinRatesAt(curve, [0, 1, 1.5, 3, 9], all)
  for (const [index, rate] of [0.5, 0.5, 0.6, 0.9, 0.9].entries()) expect(rates[index]).toBeCloseTo(rate, 12)
})

test("curves are compared at the KLs that all of them reach, and nowhere if there are none", () => {
  const [near, far] = [
    [checkpoint(1, 0.5), checkpoint(3, 0.6)],
    [checkpoint(2, 0.5), checkpoint(5, 0.6)],
  ]
  expect(findCommonGrid([near, far], 3)).toEqual([2, 2.5, 3])
  expect(findCommonGrid([near, [checkpoint(4, 0.5), checkpoint(5, 0.6)]], 3)).toEqual([])
})

test("the peak of checkpoints that are all alike is not above them on average", () => {
  const prompts = Int32Array.from({ length: 200 }, (_, prompt) => prompt)
  const peaks = Array.from({ length: 60 }, (_, trial) => {
    const curve = Array.from({ length: 10 }, (_, which) => ({
      kl: new Float64Array(200),
      outcome: Float64Array.from(integers(trial, "outcome", which, 2, new Int32Array(200))),
    }))
    return findPeak(curve, prompts)
  })
  // The plain maximum of ten would be above by 1.54 standard deviations of 0.035.
  expect(Math.abs(peaks.reduce((sum, each) => sum + each, 0) / 60 - 0.5)).toBeLessThan(0.02)
  expect(
    findPeak(
      [
        { kl: [], outcome: [0, 0] },
        { kl: [], outcome: [1, 1] },
      ],
      all,
    ),
  ).toBe(1)
})

test("correlation is 1 along a rising line, −1 along a falling one, and none without variation", () => {
  expect(correlate([1, 2, 4], [3, 5, 9])).toBeCloseTo(1, 12)
  expect(correlate([1, 2, 4], [-1, -2, -4])).toBeCloseTo(-1, 12)
  expect(correlate([1, 1], [1, 2])).toBeNaN()
})
