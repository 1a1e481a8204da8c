import { expect, test } from "vitest"
import { countHidden, domainOfX, domainOfY, drawLines, noRows, rowsOf } from "../../../../ui/views/curves/drawn.ts"
import { columnsOf, gridOf } from "../../../../ui/views/curves/numbers.ts"
import { nextPoint, readAt, readEnds, snapTo } from "../../../../ui/views/curves/readout.ts"

const group = { key: "a", run: "r", arm: "a", axes: {}, label: "arm a", sources: [], isLive: false }
const curve = (seed: string, x: ReadonlyArray<number>, y: ReadonlyArray<number>) => ({
  run: "r",
  id: `a.${seed}`,
  arm: "a",
  at: { seed },
  x,
  y,
})
const curves = [curve("1", [1, 2, 3], [1, 2, 3]), curve("2", [1, 2, 3], [3, 4, 5])]
const linear = { x: "linear", y: "linear" } as const

test("seeds together are one line with a band; apart they are lines of the same style, named by their seeds", () => {
  const [together] = drawLines({ group, position: 4, curves }, { spread: "range", smoothing: 0 })
  expect(together).toMatchObject({ key: "a", label: "arm a", y: [2, 3, 4], band: { low: [1, 2, 3], high: [3, 4, 5] }, raw: null })
  const apart = drawLines({ group, position: 4, curves }, { spread: "seeds", smoothing: 0 })
  expect(apart.map(({ label, position, band }) => [label, position, band])).toEqual([
    ["arm a seed=1", 4, null],
    ["arm a seed=2", 4, null],
  ])
  expect(new Set(apart.map(({ key }) => key)).size).toBe(2)
})

test("one seed has no band, and a curve without points no line", () => {
  expect(
    drawLines({ group, position: 0, curves: [curve("1", [1], [2]), curve("2", [], [])] }, { spread: "range", smoothing: 0 }),
  ).toMatchObject([{ label: "arm a", y: [2], band: null }])
  expect(drawLines({ group, position: 0, curves: [] }, { spread: "range", smoothing: 0 })).toEqual([])
})

test("a smoothed line keeps what it was, to be drawn faintly", () => {
  const [line] = drawLines({ group, position: 0, curves: [curve("1", [1, 2], [0, 10])] }, { spread: "range", smoothing: 0.5 })
  expect(line?.raw).toEqual({ x: [1, 2], y: [0, 10] })
  expect(line?.y[1]).toBeCloseTo(20 / 3)
})

test("rows that have not changed are the same objects, so that only new points are drawn", () => {
  const before = rowsOf(drawLines({ group, position: 0, curves }, { spread: "range", smoothing: 0.3 }), linear, noRows)
  const longer = curves.map(({ x, y, at: { seed } }) => curve(seed, [...x, 4], [...y, 9]))
  const after = rowsOf(drawLines({ group, position: 0, curves: longer }, { spread: "range", smoothing: 0.3 }), linear, before)
  for (const name of ["bands", "raw", "lines"] as const) {
    expect(after[name]).toHaveLength(4)
    for (const [index, row] of before[name].entries()) expect(after[name][index]).toBe(row)
  }
})

test("a logarithmic axis leaves out what it has no place for, and says how much that is", () => {
  const lines = drawLines({ group, position: 0, curves: [curve("1", [0, 1, 2], [5, 0, 7])] }, { spread: "range", smoothing: 0 })
  const types = { x: "log", y: "log" } as const
  expect(rowsOf(lines, types, noRows).lines).toEqual([
    { line: "a", part: 0, index: 1, x: 1, y: null, isPartial: false },
    { line: "a", part: 0, index: 2, x: 2, y: 7, isPartial: false },
  ])
  expect(countHidden(lines, types)).toBe(2)
  expect(countHidden(lines, linear)).toBe(0)
})

test("the axes span what is drawn; zoomed in, y spans what is between the ends of x", () => {
  const lines = drawLines({ group, position: 0, curves }, { spread: "range", smoothing: 0 })
  expect(domainOfX(lines, "linear", null)).toEqual([1, 3])
  expect(domainOfX(lines, "linear", [1.5, 2.5])).toEqual([1.5, 2.5])
  // Not a domain: as if nothing had been zoomed to.
  expect(domainOfX(lines, "linear", [3, 2])).toEqual([1, 3])
  expect(domainOfX(lines, "log", [-1, 2])).toEqual([1, 3])
  const [low, high] = domainOfY(lines, "linear", [1.5, 2.5])
  expect([low, high]).toEqual([expect.closeTo(1.9), expect.closeTo(4.1)])
  expect(domainOfY([], "log", [1, 2])).toEqual([1, 10])
})

test("the values of all lines are read at the nearest point, and none beyond the ends of a line", () => {
  const lines = [
    ...drawLines({ group, position: 0, curves: [curve("1", [0, 10, 20], [1, 2, 3])] }, { spread: "range", smoothing: 0 }),
    ...drawLines({ group: { ...group, key: "b" }, position: 1, curves: [curve("1", [0, 5], [7, 8])] }, { spread: "range", smoothing: 0 }),
  ]
  expect(snapTo(lines, 11)).toBe(10)
  const readings = readAt(lines, 10)
  expect(readings.get("a")).toMatchObject({ x: 10, y: 2, low: null, count: 1 })
  expect(readings.has("b")).toBe(false)
  expect(readEnds(lines).get("b")).toMatchObject({ x: 5, y: 8 })
  expect(snapTo([], 3)).toBeNull()
})

test("values are read of a line whose x goes back", () => {
  const lines = drawLines({ group, position: 0, curves: [curve("1", [0, 3, 1], [10, 20, 30])] }, { spread: "range", smoothing: 0 })
  expect(readAt(lines, 1.2).get("a")).toMatchObject({ x: 1, y: 30 })
  expect(readAt(lines, 3.5).has("a")).toBe(false)
})

test("keys move along the points of all lines, and stop at the last", () => {
  const lines = [
    ...drawLines({ group, position: 0, curves: [curve("1", [0, 10], [1, 2])] }, { spread: "range", smoothing: 0 }),
    ...drawLines({ group: { ...group, key: "b" }, position: 1, curves: [curve("1", [4], [7])] }, { spread: "range", smoothing: 0 }),
  ]
  expect(nextPoint(lines, 0, 1, [0, 10])).toBe(4)
  expect(nextPoint(lines, 4, 1, [0, 10])).toBe(10)
  expect(nextPoint(lines, 10, 1, [0, 10])).toBe(10)
  expect(nextPoint(lines, 10, -1, [0, 10])).toBe(4)
})

test("the table has a row for every x, and a cell where a line has a point", () => {
  const lines = [
    ...drawLines({ group, position: 0, curves }, { spread: "range", smoothing: 0 }),
    ...drawLines(
      { group: { ...group, key: "b", label: "arm b" }, position: 1, curves: [curve("1", [2, 5], [7, 8])] },
      { spread: "range", smoothing: 0 },
    ),
  ]
  const grid = gridOf(lines)
  expect(grid).toEqual([1, 2, 3, 5])
  const columns = columnsOf(lines, grid, "step")
  expect(columns.map(({ name }) => name)).toEqual(["step", "arm a", "arm a, low", "arm a, high", "arm b"])
  expect(grid.map((_, row) => columns.map(({ at }) => at(row)))).toEqual([
    [1, 2, 1, 3, null],
    [2, 3, 2, 4, 7],
    [3, 4, 3, 5, null],
    [5, null, null, null, 8],
  ])
})

test("a point whose x was not a number is left out", () => {
  const missing = JSON.parse("[0, null, 2]") as ReadonlyArray<number>
  const lines = drawLines({ group, position: 0, curves: [curve("1", missing, [1, 9, 3])] }, { spread: "range", smoothing: 0 })
  expect(lines).toMatchObject([{ x: [0, 2], y: [1, 3] }])
})

test("over another metric both axes are smoothed, since both are noisy", () => {
  const drawing = { spread: "range", smoothing: 0.5, isMeasuredX: true } as const
  const [line] = drawLines({ group, position: 0, curves: [curve("1", [0, 3], [0, 6])] }, drawing)
  expect(line?.x).toEqual([0, expect.closeTo(2)])
  expect(line?.y).toEqual([0, expect.closeTo(4)])
  expect(line?.raw).toEqual({ x: [0, 3], y: [0, 6] })
})
