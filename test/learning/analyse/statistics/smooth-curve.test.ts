import { expect, test } from "vitest"
import { fitCurve } from "../../../../learning/analyse/statistics/smooth-curve.ts"

/** KL and win rate of a density ∝ e^(u/β) over uniform quantiles u of the reference. */
const tilt = (beta: number) => {
  const rate = 1 / (1 - Math.exp(-1 / beta)) - beta
  return { kl: rate / beta - Math.log(beta) - 1 / beta - Math.log(1 - Math.exp(-1 / beta)), rate }
}
const betas = Array.from({ length: 4000 }, (_, index) => 40 * 0.997 ** index).filter((beta) => beta > 0.001)
const points = betas.map(tilt)
const exactly = (kl: number): number => {
  const right = points.findIndex((point) => point.kl >= kl)
  const [a, b] = [points[right - 1], points[right]] as [(typeof points)[0], (typeof points)[0]]
  return a.rate + ((b.rate - a.rate) * (kl - a.kl)) / (b.kl - a.kl)
}

const few = [0.8, 1.7, 2.6, 4.5]
const many = [0.1, 0.2, 0.4, 0.8, 1.2, 1.8, 2.5, 3.3, 4.2, 5]

test("a curve is what it was made from, where that has its form: slopes too", () => {
  const of = (kl: number) => 0.5 + 0.2 * Math.sqrt(kl) - 0.03 * kl + 0.002 * kl ** 1.5
  const slope = (kl: number) => 0.1 / Math.sqrt(kl) - 0.03 + 0.003 * Math.sqrt(kl)
  for (const kls of [few, many]) {
    const curve = fitCurve(kls, kls.map(of), 0.5)
    for (const kl of [0, 0.3, 1, 2, 3, 4]) expect(curve.at(kl).value).toBeCloseTo(of(kl), 6)
    for (const kl of [0.3, 1, 4]) expect(curve.slopeAt(kl).value).toBeCloseTo(slope(kl), 5)
  }
  const free = fitCurve(
    few,
    few.map((kl) => 0.3 + 0.1 * Math.sqrt(kl) - 0.02 * kl),
    undefined,
  )
  expect(free.at(2).value).toBeCloseTo(0.3 + 0.1 * Math.SQRT2 - 0.04, 8)
})

test("the curve of an exponential tilt is off by at most 0.006, and noise of a checkpoint is multiplied by 0.4 to 0.86", () => {
  for (const kls of [few, many])
    for (const anchor of [0.5, undefined]) {
      const curve = fitCurve(kls, kls.map(exactly), anchor)
      for (const kl of [1, 2, 3, 4]) {
        const { value, weights } = curve.at(kl)
        expect(Math.abs(value - exactly(kl))).toBeLessThan(0.006)
        const noise = Math.hypot(...weights)
        expect(noise).toBeGreaterThan(0.4)
        expect(noise).toBeLessThan(0.86)
      }
    }
})

test("it turns where a run is over-optimised", () => {
  const kls = [0.5, 1, 2, 3, 4]
  const curve = fitCurve(kls, [0.6, 0.66, 0.7, 0.66, 0.58], 0.5)
  expect(curve.slopeAt(0.5).value).toBeGreaterThan(0)
  expect(curve.slopeAt(4).value).toBeLessThan(0)
})

test("checkpoints of equal KL, and one or two of them, have a curve too", () => {
  expect(fitCurve([2, 2, 2, 2], [0.7, 0.7, 0.7, 0.7], 0.5).at(2).value).toBeCloseTo(0.7, 6)
  expect(fitCurve([2], [0.7], 0.5).at(2).value).toBeCloseTo(0.7, 8)
  expect(fitCurve([1, 2], [0.6, 0.7], undefined).at(2).value).toBeCloseTo(0.7, 8)
  expect(fitCurve([1], [0.6], undefined).at(1).value).toBeCloseTo(0.6, 8)
})
