import fc from "fast-check"
import { expect, test } from "vitest"
import { winRate, winRateInterval } from "../../../learning/statistics/win-rate.ts"

const outcomes = fc.array(fc.constantFrom(0, 0.5, 1), { minLength: 1, maxLength: 30 })

test("ties count one half, and not at all among the decided", () => {
  expect(winRate([1, 1, 0.5, 0])).toEqual({ all: 0.625, decided: 2 / 3, ties: 0.25 })
  expect(winRate([0.5, 0.5])).toEqual({ all: 0.5, decided: undefined, ties: 1 })
})

test("exchanging the two sides complements the win rate", () => {
  fc.assert(
    fc.property(outcomes, (list) => {
      const [one, other] = [winRate(list), winRate(list.map((outcome) => 1 - outcome))]
      expect(one.all + other.all).toBeCloseTo(1, 12)
      expect((one.decided ?? 0.5) + (other.decided ?? 0.5)).toBeCloseTo(1, 12)
      expect(one.ties).toBe(other.ties)
    }),
  )
})

test("the estimates of the intervals are the win rates over all seeds", () => {
  fc.assert(
    fc.property(fc.array(outcomes, { minLength: 1, maxLength: 3 }), (bySeed) => {
      const { all, decided, ties } = winRate(bySeed.flat())
      const interval = winRateInterval(bySeed, { seed: 1, resamples: 50 })
      expect(interval.all.estimate).toBeCloseTo(all, 12)
      expect(interval.decided === undefined).toBe(decided === undefined)
      if (decided !== undefined) expect(interval.decided?.estimate).toBeCloseTo(decided, 12)
      expect(interval.ties).toBe(ties)
    }),
  )
})
