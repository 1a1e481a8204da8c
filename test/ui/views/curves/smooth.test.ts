import { expect, test } from "vitest"
import { smooth } from "../../../../ui/views/curves/smooth.ts"

test("without a weight a curve stays as it is", () => {
  const values = [3, 1, 2]
  expect(smooth(values, 0)).toBe(values)
})

test("a constant stays constant from its first value on", () => {
  for (const value of smooth([5, 5, 5, 5], 0.99)) expect(value).toBeCloseTo(5, 9)
})

test("every value is the mean of those up to it, weighted by their age", () => {
  const [, , third] = smooth([1, 2, 4], 0.5)
  expect(third).toBeCloseTo((0.25 * 1 + 0.5 * 2 + 1 * 4) / 1.75)
})

test("points that come later do not change those before", () => {
  const values = [1, 5, 2, 8, 3]
  expect(smooth(values.slice(0, 3), 0.9)).toEqual(smooth(values, 0.9).slice(0, 3))
})

test("a gap stays a gap and counts for nothing", () => {
  expect(smooth([2, Number.NaN, 2], 0.5)).toEqual([2, Number.NaN, 2])
})
