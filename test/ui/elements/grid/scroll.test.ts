import * as fc from "fast-check"
import { expect, test } from "vitest"
import {
  type Extent,
  follow,
  heightOf,
  highest,
  type Position,
  positionAt,
  reveal,
  settle,
  visibleRows,
} from "../../../../ui/elements/grid/scroll.ts"

const extents = fc.record({
  rows: fc.integer({ min: 1, max: 50_000_000 }),
  rowHeight: fc.constantFrom(24, 28, 40),
  viewport: fc.integer({ min: 100, max: 2000 }),
})
const topOf = ({ scrollTop, offset }: Position): number => scrollTop + offset
const furthest = ({ rows, rowHeight, viewport }: Extent): number => Math.max(0, rows * rowHeight - viewport)
const start: Position = { scrollTop: 0, offset: 0 }

test("no element is higher than a browser allows", () => {
  fc.assert(
    fc.property(extents, (extent) => {
      expect(heightOf(extent)).toBeLessThanOrEqual(highest)
    }),
  )
})

test("a small movement moves rows by as many pixels", () => {
  fc.assert(
    fc.property(extents, fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: -2000, max: 2000 }), (extent, share, by) => {
      const before = positionAt(extent, share * furthest(extent))
      const scrollTop = Math.min(heightOf(extent) - extent.viewport, Math.max(0, before.scrollTop + by))
      if (scrollTop < 0) return
      const expected = Math.min(furthest(extent), Math.max(0, topOf(before) + scrollTop - before.scrollTop))
      expect(topOf(follow(extent, before, scrollTop))).toBeCloseTo(expected, 3)
    }),
  )
})

test("the bar's thumb at its ends shows the first and the last row", () => {
  fc.assert(
    fc.property(extents, (extent) => {
      const bottom = Math.max(0, heightOf(extent) - extent.viewport)
      fc.pre(bottom > 4_000)
      const last = follow(extent, start, bottom)
      expect(visibleRows(extent, last, 0).end).toBe(extent.rows)
      expect(visibleRows(extent, follow(extent, last, 0), 0).first).toBe(0)
    }),
  )
})

test("coming to rest moves the bar, and no row", () => {
  fc.assert(
    fc.property(extents, fc.array(fc.integer({ min: -1500, max: 1500 }), { maxLength: 30 }), (extent, steps) => {
      let position = positionAt(extent, furthest(extent) / 2)
      for (const step of steps) {
        const scrollTop = position.scrollTop + step
        if (scrollTop >= 0 && scrollTop <= heightOf(extent) - extent.viewport) position = follow(extent, position, scrollTop)
      }
      const rested = settle(extent, position)
      expect(topOf(rested)).toBeCloseTo(topOf(position), 3)
      expect(rested.scrollTop).toBeGreaterThanOrEqual(0)
      expect(rested.scrollTop).toBeLessThanOrEqual(Math.max(0, heightOf(extent) - extent.viewport))
    }),
  )
})

test("any row can be revealed wholly, with the least movement", () => {
  fc.assert(
    fc.property(extents, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (extent, at, wanted) => {
      const row = Math.floor(wanted * (extent.rows - 1))
      const before = positionAt(extent, at * furthest(extent))
      const after = reveal(extent, before, row)
      const top = row * extent.rowHeight - topOf(after)
      expect(top).toBeGreaterThan(-1)
      expect(top + extent.rowHeight).toBeLessThan(extent.viewport + 1)
      expect(reveal(extent, after, row)).toBe(after)
    }),
  )
})

test("no more rows exist than are visible and around", () => {
  fc.assert(
    fc.property(extents, fc.double({ min: 0, max: 1, noNaN: true }), (extent, share) => {
      const { first, end } = visibleRows(extent, positionAt(extent, share * furthest(extent)), 8)
      expect(first).toBeGreaterThanOrEqual(0)
      expect(end).toBeLessThanOrEqual(extent.rows)
      expect(end - first).toBeLessThanOrEqual(Math.ceil(extent.viewport / extent.rowHeight) + 17)
    }),
  )
})
