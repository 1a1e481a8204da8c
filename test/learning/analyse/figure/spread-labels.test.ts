import fc from "fast-check"
import { expect, test } from "vitest"
import { spreadLabels } from "../../../../learning/analyse/figure/spread-labels.ts"

const places = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { maxLength: 9 })

test("labels keep their distance and their order, and their mean", () => {
  fc.assert(
    fc.property(places, (wanted) => {
      const spread = spreadLabels(wanted, 5)
      const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] as number) - (wanted[b] as number))
      for (const [position, index] of order.slice(1).entries()) {
        expect((spread[index] as number) - (spread[order[position] as number] as number)).toBeGreaterThan(5 - 1e-6)
      }
      const total = (values: ReadonlyArray<number>) => values.reduce((sum, value) => sum + value, 0)
      expect(total(spread)).toBeCloseTo(total(wanted), 6)
    }),
  )
})

test("labels that are far enough apart stay, and others move as little as they must", () => {
  expect(spreadLabels([0, 20, 10], 5)).toEqual([0, 20, 10])
  expect(spreadLabels([0, 1, 20], 5)).toEqual([-2, 3, 20])
})
