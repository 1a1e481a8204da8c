import { expect, test } from "vitest"
import { extentOf, magnificationOf } from "../../../../ui/views/curves/magnification.ts"

test("the extent of curves is from the first to the last point of any of them", () => {
  expect(extentOf([[{ x: [3, 5] }, { x: [1, 4] }], [{ x: [9] }]])).toEqual([1, 9])
  expect(extentOf([[], [{ x: [] }]])).toBeNull()
  expect(extentOf([[{ x: [2] }]])).toBeNull()
})

test("a part of a curve has as many points as the whole had, or more", () => {
  expect(magnificationOf(null, [0, 100])).toBe(1)
  expect(magnificationOf([0, 100], [0, 100])).toBe(1)
  expect(magnificationOf([10, 60], [0, 100])).toBe(2)
  expect(magnificationOf([10, 20], [0, 100])).toBe(16)
})

test("what is zoomed to beyond the curve counts as far as the curve goes, and there is a limit", () => {
  expect(magnificationOf([-100, 50], [0, 100])).toBe(2)
  expect(magnificationOf([50, 50.001], [0, 100])).toBe(64)
  expect(magnificationOf([200, 300], [0, 100])).toBe(1)
  expect(magnificationOf([0, 1], null)).toBe(1)
})
