import fc from "fast-check"
import { expect, test } from "vitest"
import { extentOf, hasPlace, padDomain, pixelOf, type Scale, type ScaleType, valueAt, zoomDomain } from "../../../ui/chart/scale.ts"

const types: ReadonlyArray<ScaleType> = ["linear", "log", "symlog"]

const scaleOf = (type: ScaleType): Scale => ({ type, domain: [0.5, 800], range: [0, 640] })

test.each(types)("the value at the pixel of a value is that value: %s", (type) => {
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 800, noNaN: true }), (value) => {
      expect(valueAt(scaleOf(type), pixelOf(scaleOf(type), value))).toBeCloseTo(value, 6)
    }),
  )
})

test.each(types)("the ends of the domain stand at the ends of the range: %s", (type) => {
  expect(pixelOf(scaleOf(type), 0.5)).toBe(0)
  expect(pixelOf(scaleOf(type), 800)).toBe(640)
})

test("a range may run upwards, as that of y does", () => {
  const scale: Scale = { type: "linear", domain: [0, 1], range: [400, 0] }
  expect(pixelOf(scale, 0.25)).toBe(300)
  expect(valueAt(scale, 100)).toBe(0.75)
})

test("the extent leaves out what has no place on the axis", () => {
  expect(extentOf([3, Number.NaN, -2, Number.POSITIVE_INFINITY, 7], "linear")).toEqual([-2, 7])
  expect(extentOf([3, 0, -2, 7], "log")).toEqual([3, 7])
  expect(extentOf([0, -1], "log")).toBeNull()
  expect(hasPlace("symlog", -1)).toBe(true)
})

test("a domain of one value is widened, so that it can be drawn", () => {
  for (const type of types) {
    const [low, high] = padDomain([4, 4], type, 0.05)
    expect(low).toBeLessThan(4)
    expect(high).toBeGreaterThan(4)
  }
  expect(padDomain([0, 0], "linear", 0.05)).toEqual([-1, 1])
})

test.each(types)("zooming keeps the value around which it zooms where it is: %s", (type) => {
  const scale = scaleOf(type)
  const closer = zoomDomain(scale, 200, 2)
  expect(pixelOf({ ...scale, domain: closer }, 200)).toBeCloseTo(pixelOf(scale, 200), 6)
  const [low, high] = zoomDomain({ ...scale, domain: closer }, 200, 0.5)
  expect(low).toBeCloseTo(0.5, 6)
  expect(high).toBeCloseTo(800, 6)
})
