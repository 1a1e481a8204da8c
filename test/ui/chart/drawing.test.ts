import type { Spec } from "vega"
import { changeset } from "vega-dataflow"
import { expressionInterpreter } from "vega-interpreter"
import { View } from "vega-view"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { compile } from "../../../ui/chart/drawing.ts"
import { chartConfig } from "../../../ui/chart/theme.ts"
import { drawLines, noRows, rowsOf } from "../../../ui/views/curves/drawn.ts"
import { curveSpecification } from "../../../ui/views/curves/specification.ts"
import { drawMarks } from "../../../ui/views/frontier/marks.ts"
import { rowsOf as frontierRows } from "../../../ui/views/frontier/rows.ts"
import { frontierSpecification } from "../../../ui/views/frontier/specification.ts"
import { markOf } from "../views/frontier/mark.ts"

const config = chartConfig({ paper: "#fff", grid: "#eee", line: "#888", label: "#666", ink: "#111", font: "sans-serif" })

/** What a page with `script-src 'self'` does to code made of text. */
const original = globalThis.Function
beforeEach(() => {
  const refuse = () => {
    throw new EvalError("code generation from strings is disallowed")
  }
  vi.stubGlobal("Function", Object.assign(refuse, { prototype: original.prototype }))
  vi.stubGlobal("eval", refuse)
})
afterEach(() => vi.unstubAllGlobals())

const open = async (
  specification: Spec,
  data: Readonly<Record<string, ReadonlyArray<object>>>,
  signals: Readonly<Record<string, unknown>>,
) => {
  const view = new View(compile(specification, config), { renderer: "none", expr: expressionInterpreter })
  view.width(600).height(300)
  for (const [name, value] of Object.entries(signals)) view.signal(name, value)
  for (const [name, rows] of Object.entries(data)) view.change(name, changeset().insert([...rows]))
  await view.runAsync()
  return view
}

/** The paths of an SVG with this stroke that are drawn and not part of an axis. */
const pathsOf = (svg: string, stroke: string): ReadonlyArray<string> =>
  [...svg.matchAll(/<path [^>]*>/g)].map(([path]) => path).filter((path) => path.includes(`stroke="${stroke}"`))

const group = { key: "a", run: "r", arm: "a", axes: {}, label: "a", sources: [], isLive: false }
const curve = (seed: string, y: ReadonlyArray<number>) => ({
  run: "r",
  id: `a.${seed}`,
  arm: "a",
  at: { seed },
  x: y.map((_, index) => index),
  y,
})

const curveSignals = { xDomain: [0, 4], yDomain: [0, 10], keys: ["a"], colors: ["#123456"], dashes: [[]] }

test("curves are drawn without a line of code made of text: a line for the mean, an area for the band", async () => {
  const types = { x: "linear", y: "linear" } as const
  const lines = drawLines(
    { group, position: 0, curves: [curve("1", [0, 2, 4, 6, 8]), curve("2", [2, 4, 6, 8, 10])] },
    { spread: "range", smoothing: 0 },
  )
  const view = await open(curveSpecification(types), { ...rowsOf(lines, types, noRows) }, curveSignals)
  const svg = await view.toSVG()
  const [line = ""] = pathsOf(svg, "#123456")
  // From 1 of 10 at the left to 9 of 10 at the right, in a plot of 600 by 300.
  expect(/ d="([^"]+)"/.exec(line)?.[1]).toBe("M0,270L150,210L300,150L450,90L600,30")
  expect(svg).toContain('fill="#123456"')
})

test("points that arrive while it is drawn lengthen the line, in order of their places", async () => {
  const types = { x: "linear", y: "linear" } as const
  const drawn = (y: ReadonlyArray<number>) => drawLines({ group, position: 0, curves: [curve("1", y)] }, { spread: "range", smoothing: 0 })
  const before = rowsOf(drawn([0, 5, 10]), types, noRows)
  const view = await open(curveSpecification(types), { ...before }, curveSignals)
  const after = rowsOf(drawn([0, 10, 10, 5, 0]), types, before)
  const kept = new Set(after.lines)
  view.change(
    "lines",
    changeset()
      .remove(before.lines.filter((row) => !kept.has(row)))
      .insert(after.lines.filter((row) => !before.lines.includes(row))),
  )
  await view.runAsync()
  const [line = ""] = pathsOf(await view.toSVG(), "#123456")
  expect(/ d="([^"]+)"/.exec(line)?.[1]).toBe("M0,300L150,0L300,0L450,150L600,300")
})

test("a gap in a curve is a gap in its line", async () => {
  const types = { x: "linear", y: "log" } as const
  const lines = drawLines({ group, position: 0, curves: [curve("1", [1, 1, 0, 10, 10])] }, { spread: "range", smoothing: 0 })
  const view = await open(curveSpecification(types), { ...rowsOf(lines, types, noRows) }, { ...curveSignals, yDomain: [1, 10] })
  const [line = ""] = pathsOf(await view.toSVG(), "#123456")
  expect(/ d="([^"]+)"/.exec(line)?.[1]).toBe("M0,300L150,300M450,0L600,0")
})

test.each(["linear", "symlog"] as const)("a frontier is drawn with its intervals, shapes and the line at one half: %s", async (type) => {
  const marks = [
    markOf({ row: 0, step: 10, kl: 1, winRate: 0.6 }),
    markOf({ row: 1, step: 20, kl: 2, winRate: 0.7 }),
    markOf({ row: 2, step: 10, kl: 1.1, winRate: 0.61, seed: 1 }),
  ]
  const drawn = drawMarks(marks, new Set(['["a",null]']))
  const oracle = [
    { kl: 0, winRate: 0.5 },
    { kl: 2, winRate: 0.9 },
  ]
  const view = await open(
    frontierSpecification(type),
    { ...frontierRows(drawn, oracle) },
    {
      klDomain: [0, 4],
      winDomain: [0, 1],
      keys: ['["a",null]'],
      colors: ["#123456"],
      shapes: ["square"],
      dashes: [[]],
      ink: "#654321",
      paper: "#ffffff",
    },
  )
  const svg = await view.toSVG()
  expect(svg).toContain('stroke="#654321"')
  expect(svg).toContain('stroke="#8c8c8c"')
  // Two lines would need two checkpoints of one seed; two symbols are strong, one is faint.
  expect([...svg.matchAll(/fill="#123456"/g)]).toHaveLength(3)
  // Two intervals in two directions.
  expect([...svg.matchAll(/<line [^>]*stroke="#123456"/g)]).toHaveLength(4)
})

test("where seeds end, the mean of those that go on is another, fainter line", async () => {
  const types = { x: "linear", y: "linear" } as const
  const lines = drawLines(
    { group, position: 0, curves: [curve("1", [0, 0, 0]), curve("2", [10, 10, 10, 10, 10])] },
    { spread: "range", smoothing: 0 },
  )
  const view = await open(curveSpecification(types), { ...rowsOf(lines, types, noRows) }, curveSignals)
  const paths = pathsOf(await view.toSVG(), "#123456")
  expect(paths.map((path) => / d="([^"]+)"/.exec(path)?.[1])).toEqual(["M0,150L150,150L300,150", "M450,0L600,0"])
  expect(paths.map((path) => /stroke-opacity="([^"]+)"/.exec(path)?.[1])).toEqual(["1", "0.45"])
})
