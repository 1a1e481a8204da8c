import fc from "fast-check"
import { expect, test } from "vitest"
import { computeWinRate } from "../../../learning/evaluate/win-rate.ts"

/** A response compared with some answers: the outcome of each comparison. */
const comparisons = fc.array(fc.constantFrom(0, 0.5, 1), { minLength: 1, maxLength: 8 })
const meanOf = (values: ReadonlyArray<number>) => values.reduce((sum, value) => sum + value, 0) / values.length
const rowOf = (outcomes: ReadonlyArray<number>) => ({
  outcome: meanOf(outcomes),
  tied: outcomes.filter((outcome) => outcome === 0.5).length / outcomes.length,
})
const responses = fc.array(comparisons, { minLength: 1, maxLength: 20 })

test("ties count one half, and not at all among the decided", () => {
  expect(computeWinRate([1, 1, 0.5, 0].map((outcome) => rowOf([outcome])))).toEqual({ all: 0.625, decided: 2 / 3, ties: 0.25 })
  expect(computeWinRate([0.5, 0.5].map((outcome) => rowOf([outcome])))).toEqual({ all: 0.5, decided: null, ties: 1 })
})

test("a probability of one half without ties is a win in every other comparison, and not a tie", () => {
  expect(computeWinRate([rowOf([1, 0])])).toEqual({ all: 0.5, decided: 0.5, ties: 0 })
})

test("of responses that were compared with equally many answers, it is that of all comparisons one by one", () => {
  const equally = fc
    .integer({ min: 1, max: 6 })
    .chain((answers) =>
      fc.array(fc.array(fc.constantFrom(0, 0.5, 1), { minLength: answers, maxLength: answers }), { minLength: 1, maxLength: 20 }),
    )
  fc.assert(
    fc.property(equally, (list) => {
      const [together, apart] = [computeWinRate(list.map(rowOf)), computeWinRate(list.flat().map((outcome) => rowOf([outcome])))]
      expect(together.all).toBeCloseTo(apart.all, 12)
      expect(together.ties).toBeCloseTo(apart.ties, 12)
      const decided = list.flat().filter((outcome) => outcome !== 0.5)
      if (decided.length === 0) expect(together.decided).toBeNull()
      else expect(together.decided).toBeCloseTo(meanOf(decided), 12)
    }),
  )
})

test("exchanging the two sides complements the win rate", () => {
  fc.assert(
    fc.property(responses, (list) => {
      const exchanged = list.map((outcomes) => outcomes.map((outcome) => 1 - outcome))
      const [one, other] = [computeWinRate(list.map(rowOf)), computeWinRate(exchanged.map(rowOf))]
      expect(one.all + other.all).toBeCloseTo(1, 12)
      expect((one.decided ?? 0.5) + (other.decided ?? 0.5)).toBeCloseTo(1, 12)
      expect(one.ties).toBe(other.ties)
    }),
  )
})
