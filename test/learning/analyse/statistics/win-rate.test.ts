import fc from "fast-check"
import { expect, test } from "vitest"
import { computeWinRate } from "../../../../learning/analyse/statistics/win-rate.ts"

const outcomes = fc.array(fc.constantFrom(0, 0.5, 1), { minLength: 1, maxLength: 30 })

test("ties count one half, and not at all among the decided", () => {
  expect(computeWinRate([1, 1, 0.5, 0])).toEqual({ all: 0.625, decided: 2 / 3, ties: 0.25 })
  expect(computeWinRate([0.5, 0.5])).toEqual({ all: 0.5, decided: undefined, ties: 1 })
})

test("exchanging the two sides complements the win rate", () => {
  fc.assert(
    fc.property(outcomes, (list) => {
      const [one, other] = [computeWinRate(list), computeWinRate(list.map((outcome) => 1 - outcome))]
      expect(one.all + other.all).toBeCloseTo(1, 12)
      expect((one.decided ?? 0.5) + (other.decided ?? 0.5)).toBeCloseTo(1, 12)
      expect(one.ties).toBe(other.ties)
    }),
  )
})
