import { expect, test } from "vitest"
import { shortLabel } from "../../../../ui/views/graph/describe-node.ts"
import { type Layout, pathOf } from "../../../../ui/views/graph/layout.ts"
import { neighbourOf } from "../../../../ui/views/graph/neighbour.ts"
import { addUnfoldings, removeUnfolding, unfoldingsParam } from "../../../../ui/views/graph/unfoldings.ts"
import { firstZoom, fitZoom, scrollAfterZoom, zoomIn, zoomOut } from "../../../../ui/views/graph/zoom.ts"

const layout: Layout = {
  width: 700,
  height: 300,
  nodes: { a: { x: 100, y: 100 }, b: { x: 400, y: 50 }, c: { x: 400, y: 150 }, d: { x: 700, y: 100 } },
  edges: [],
}
const edges = [
  { from: "a", to: "b", count: 1 },
  { from: "a", to: "c", count: 1 },
  { from: "c", to: "d", count: 1 },
]

test("left and right lead along edges, up and down within a layer", () => {
  expect(neighbourOf(layout, edges, "a", "right")).toBe("b")
  expect(neighbourOf(layout, edges, "b", "down")).toBe("c")
  expect(neighbourOf(layout, edges, "c", "up")).toBe("b")
  expect(neighbourOf(layout, edges, "d", "left")).toBe("c")
})

test("where no edge leads, nothing is reached", () => {
  expect(neighbourOf(layout, edges, "b", "right")).toBeNull()
  expect(neighbourOf(layout, edges, "a", "up")).toBeNull()
  expect(neighbourOf(layout, edges, "gone", "up")).toBeNull()
})

test("a zoom keeps the point under the pointer", () => {
  const [scroll, pointer] = [120, 300]
  const after = scrollAfterZoom(scroll, pointer, 1, 1.25)
  expect((after + pointer) / 1.25).toBeCloseTo((scroll + pointer) / 1)
  expect(zoomOut(zoomIn(1))).toBeCloseTo(1)
})

test("fitting shows all of a graph, and a graph is first shown in a size that can be read", () => {
  expect(fitZoom({ width: 4000, height: 500 }, { width: 1000, height: 500 })).toBe(0.25)
  expect(fitZoom({ width: 100, height: 100 }, { width: 1000, height: 500 })).toBe(1)
  expect(firstZoom({ width: 40_000, height: 500 }, { width: 1000, height: 500 })).toBeGreaterThan(0.5)
})

test("what is unfolded survives the address", () => {
  const unfoldings = [
    { family: null, axis: "beta" },
    { family: "arms.beta=*,seed=*.run optimize", axis: "seed" },
  ]
  expect(unfoldingsParam.read(unfoldingsParam.write(unfoldings))).toEqual(unfoldings)
  expect(addUnfoldings(unfoldings, unfoldings)).toEqual(unfoldings)
  expect(removeUnfolding(unfoldings, { family: null, axis: "beta" })).toEqual(unfoldings.slice(1))
})

test("an edge is drawn through all its points", () => {
  expect(pathOf([])).toBe("")
  expect(
    pathOf([
      { x: 0, y: 0 },
      { x: 10, y: 4 },
    ]),
  ).toBe("M0 0C5 0 5 4 10 4")
})

test.each([
  ["tldr.beta=*,seed=*.proxy.run", ["beta", "seed"], "tldr.proxy.run"],
  ["tldr.beta=0.1,seed=*.proxy", ["seed"], "tldr.beta=0.1.proxy"],
  ["tldr.beta=*,seed=1.proxy", ["beta"], "tldr.seed=1.proxy"],
  ["arms.beta=*", ["beta"], "arms"],
  ["beta=*.run", ["beta"], "run"],
  ["beta=*", ["beta"], "beta=*"],
  ["judge", [], "judge"],
] as const)("the card of %s without the axes %o says %s", (label, axes, short) => {
  expect(shortLabel({ label, axes: axes.map((name) => ({ name, values: ["1", "2"] })) })).toBe(short)
})
