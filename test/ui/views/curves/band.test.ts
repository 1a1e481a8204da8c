import fc from "fast-check"
import { expect, test } from "vitest"
import { bandOf } from "../../../../ui/views/curves/band.ts"

test("the band of curves with the same x is their mean, least and greatest", () => {
  const band = bandOf(
    [
      { x: [1, 2], y: [0, 10] },
      { x: [1, 2], y: [4, 20] },
    ],
    "range",
  )
  expect(band).toEqual({ x: [1, 2], mean: [2, 15], low: [0, 10], high: [4, 20], count: [2, 2] })
})

test("the standard error is that of the mean, and zero of one curve", () => {
  const { low, high } = bandOf(
    [
      { x: [0], y: [1] },
      { x: [0], y: [2] },
      { x: [0], y: [3] },
    ],
    "error",
  )
  expect(high[0]).toBeCloseTo(2 + 1 / Math.sqrt(3))
  expect(low[0]).toBeCloseTo(2 - 1 / Math.sqrt(3))
  expect(bandOf([{ x: [0], y: [7] }], "error")).toMatchObject({ mean: [7], low: [7], high: [7] })
})

test("curves whose points were thinned out count between their points, and not beyond their ends", () => {
  const band = bandOf(
    [
      { x: [0, 4], y: [0, 4] },
      { x: [0, 1, 2], y: [2, 3, 4] },
    ],
    "range",
  )
  expect(band.x).toEqual([0, 1, 2, 4])
  expect(band.mean).toEqual([1, 2, 3, 4])
  expect(band.count).toEqual([2, 2, 2, 1])
})

test("an x that goes back, as KL does, is put in order, and equal x are one point", () => {
  const band = bandOf([{ x: [0, 2, 1, 1], y: [0, 2, 1, 3] }], "range")
  expect(band.x).toEqual([0, 1, 2])
  expect(band.mean).toEqual([0, 2, 2])
})

test("values that are not finite count for nothing", () => {
  const band = bandOf(
    [
      { x: [0, 1, 2], y: [0, Number.NaN, 2] },
      { x: [0, 1, 2], y: [4, 5, Number.POSITIVE_INFINITY] },
    ],
    "range",
  )
  expect(band).toMatchObject({ mean: [2, 3, 2], count: [2, 2, 1] })
})

test("a band lies around its mean, and no curve is outside of it at its own points", () => {
  const curve = fc
    .uniqueArray(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 20 })
    .chain((x) => fc.array(fc.integer({ min: -100, max: 100 }), { minLength: x.length, maxLength: x.length }).map((y) => ({ x, y })))
  fc.assert(
    fc.property(fc.array(curve, { minLength: 1, maxLength: 5 }), (curves) => {
      const { x, mean, low, high } = bandOf(curves, "range")
      for (const [index, at] of x.entries()) {
        expect(low[index]).toBeLessThanOrEqual((mean[index] ?? 0) + 1e-9)
        expect(high[index]).toBeGreaterThanOrEqual((mean[index] ?? 0) - 1e-9)
        for (const other of curves) {
          const place = other.x.indexOf(at)
          if (place === -1) continue
          expect(other.y[place]).toBeGreaterThanOrEqual((low[index] ?? 0) - 1e-9)
          expect(other.y[place]).toBeLessThanOrEqual((high[index] ?? 0) + 1e-9)
        }
      }
    }),
  )
})

test("no more points than can be told apart, with both ends", () => {
  const x = Array.from({ length: 9_000 }, (_, index) => index)
  const band = bandOf([{ x, y: x }], "range")
  expect(band.x.length).toBe(2_000)
  expect([band.x[0], band.x.at(-1)]).toEqual([0, 8_999])
})
