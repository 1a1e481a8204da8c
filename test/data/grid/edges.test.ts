import fc from "fast-check"
import { expect, test } from "vitest"
import { edgesOf } from "../../../data/grid/edges.ts"

test.each([
  [0, 1, false, 20, [0, 0.05, 0.1], [0.95, 1]],
  [-1, 1, false, 20, [-1, -0.9, -0.8], [0.9, 1]],
  [0.1, 0.31, false, 21, [0.1, 0.11, 0.12], [0.3, 0.31]],
  [0, 5, true, 6, [0, 1, 2], [5, 6]],
  [20, 20, true, 1, [20, 21], [20, 21]],
  [3, 97, true, 20, [0, 5, 10], [95, 100]],
] as const)("bins of [%d, %d] have round edges", (least, most, whole, bins, first, last) => {
  const edges = edgesOf(least, most, whole)
  expect([edges.length - 1, edges.slice(0, first.length), edges.slice(-2)]).toEqual([bins, first, last])
})

const range = fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.double({ noNaN: true, noDefaultInfinity: true }))

test("whatever the numbers, at most 30 bins ascend from the least to the most of them", () => {
  fc.assert(
    fc.property(range, ([a, b]) => {
      const [least, most] = [Math.min(a, b), Math.max(a, b)]
      const edges = edgesOf(least, most, false)
      expect(edges.length).toBeGreaterThan(1)
      expect(edges.length).toBeLessThanOrEqual(31)
      expect(edges.every((edge, index) => Number.isFinite(edge) && (index === 0 || edge > (edges[index - 1] as number)))).toBe(true)
      expect((edges[0] as number) <= least && (edges.at(-1) as number) >= most).toBe(true)
    }),
  )
})

test("of whole numbers each bin has equally many, and the last edge lies above them", () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(), (least, span) => {
      const edges = edgesOf(least, least + span, true)
      const widths = new Set(edges.slice(1).map((edge, index) => edge - (edges[index] as number)))
      expect([edges.length <= 31, widths.size, edges.every(Number.isInteger), (edges.at(-1) as number) > least + span]).toEqual([
        true,
        1,
        true,
        true,
      ])
    }),
  )
})
