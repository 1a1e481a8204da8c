import fc from "fast-check"
import { expect, test } from "vitest"
import { mean } from "../../../../learning/analyse/statistics/mean.ts"
import { winRate, winRateInterval } from "../../../../learning/analyse/statistics/win-rate.ts"

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

test("the estimates of the intervals are the means of the seeds' win rates", () => {
  const bySeed = fc.integer({ min: 1, max: 20 }).chain((length) => {
    const row = fc.array(fc.constantFrom(0, 0.5, 1), { minLength: length, maxLength: length })
    return fc.array(row, { minLength: 1, maxLength: 3 })
  })
  fc.assert(
    fc.property(bySeed, (rows) => {
      const each = rows.map(winRate)
      const decided = each.flatMap((rate) => rate.decided ?? [])
      const interval = winRateInterval(rows, { seed: 1, resamples: 50 })
      expect(interval.all.estimate).toBeCloseTo(mean(each.map(({ all }) => all)), 12)
      if (decided.length === 0) expect(interval.decided).toBeUndefined()
      else expect(interval.decided?.estimate).toBeCloseTo(mean(decided), 12)
      expect(interval.ties).toBe(winRate(rows.flat()).ties)
    }),
  )
})
