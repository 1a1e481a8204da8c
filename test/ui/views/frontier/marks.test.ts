import { expect, test } from "vitest"
import { armsOf, armsOverSeeds, axesOf, drawMarks, listMarks, nameMark } from "../../../../ui/views/frontier/marks.ts"
import { nearestMark } from "../../../../ui/views/frontier/nearest.ts"
import { cutOracle, includeOracle, oracleAt, oracleOf } from "../../../../ui/views/frontier/oracle.ts"
import { markOf } from "./mark.ts"

test("arms with several β are several lines, and named by it", () => {
  expect(armsOf([markOf({ arm: "b", beta: 0.1 }), markOf({ beta: 0.1 }), markOf({ beta: 0.5 })]).map(({ label }) => label)).toEqual([
    "b β=0.1",
    "a β=0.1",
    "a β=0.5",
  ])
  expect(armsOf([markOf({ beta: 0.1 })]).map(({ label }) => label)).toEqual(["a"])
})

test("single seeds are faint where their arm also has marks of all seeds together", () => {
  const marks = [markOf({ seed: 1 }), markOf({ seed: 2, world: "90" }), markOf({}), markOf({ arm: "alone", seed: 1 })]
  const drawn = drawMarks(marks, armsOverSeeds(marks))
  expect(drawn.map(({ isFaint }) => isFaint)).toEqual([true, true, false, false])
})

test("marks are on one line if arm, world and seed are the same", () => {
  const marks = [markOf({ seed: 1, step: 1 }), markOf({ seed: 1, step: 2 }), markOf({ seed: 2, step: 1 }), markOf({ seed: 1, world: "90" })]
  const lines = drawMarks(marks, new Set()).map(({ line }) => line)
  expect(new Set(lines).size).toBe(3)
  expect(lines[0]).toBe(lines[1])
})

test("the list has all seeds together before single ones, each in order of steps", () => {
  const marks = [markOf({ row: 0, seed: 10 }), markOf({ row: 1, seed: 2 }), markOf({ row: 2, step: 20 }), markOf({ row: 3, step: 5 })]
  const listed = listMarks(drawMarks(marks, armsOverSeeds(marks)), armsOf(marks))
  expect(listed.map(({ mark }) => mark.row)).toEqual([3, 2, 1, 0])
})

test("the axes span ½ and the intervals, and cut those that are far wider than the curves", () => {
  const axes = axesOf([markOf({ kl: 2, klHigh: 100, winRate: 0.7, winHigh: 1, winLow: 0 })])
  expect(axes.klType).toBe("linear")
  expect(axes.kl[1]).toBeCloseTo(2.6 * 1.03)
  expect(axes.win).toEqual([0.4, 0.9])
})

test("an arm far ahead in KL makes the axis logarithmic", () => {
  expect(axesOf([markOf({ kl: 1 }), markOf({ kl: 500, klHigh: 510 })]).klType).toBe("symlog")
})

test("the oracle begins at ½, is linear between its points, and is not known beyond them", () => {
  const frontier = {
    id: "f",
    title: "",
    table: { key: "k", output: "points" },
    marks: [],
    oracle: [
      { against: "sft", kl: 2, winRate: 0.9 },
      { against: "sft", kl: 1, winRate: 0.8 },
      { against: "golden", kl: 1, winRate: 0.6 },
    ],
  }
  const oracle = oracleOf(frontier, "sft")
  expect(oracle.map(({ kl }) => kl)).toEqual([0, 1, 2])
  expect(oracleAt(oracle, 0)).toBe(0.5)
  expect(oracleAt(oracle, 0.5)).toBeCloseTo(0.65)
  expect(oracleAt(oracle, 1.5)).toBeCloseTo(0.85)
  expect(oracleAt(oracle, 3)).toBeNull()
  expect(cutOracle(oracle, 1.5).at(-1)).toEqual({ kl: 1.5, winRate: expect.closeTo(0.85) })
  expect(cutOracle(oracle, 5).at(-1)).toEqual({ kl: 2, winRate: 0.9 })
  expect(includeOracle({ kl: [0, 2], klType: "linear", win: [0.4, 0.6] }, oracle).win).toEqual([0.4, 1])
  expect(oracleOf(frontier, "nothing")).toEqual([])
})

test("a pointer means the nearest mark within reach, and a strong one before a faint one", () => {
  const marks = [markOf({ row: 0, kl: 1, winRate: 0.5 }), markOf({ row: 1, kl: 1.02, winRate: 0.5, seed: 1 })]
  const drawn = drawMarks(marks, armsOverSeeds(marks))
  const scales = {
    x: { type: "linear", domain: [0, 2], range: [0, 400] },
    y: { type: "linear", domain: [0, 1], range: [200, 0] },
  } as const
  expect(nearestMark(drawn, scales, { x: 202, y: 100 })?.mark.row).toBe(0)
  expect(nearestMark(drawn, scales, { x: 205, y: 100 })?.mark.row).toBe(1)
  expect(nearestMark(drawn, scales, { x: 230, y: 100 })).toBeNull()
})

test("a mark is named by all that tells it from others", () => {
  expect(nameMark(markOf({ beta: 0.1, world: "90", seed: 2, step: 600 }))).toBe("a β=0.1, world 90, seed 2, step 600")
  const evaluation = { key: "k", output: "evaluation", id: "e", run: null }
  expect(nameMark(markOf({ evaluations: [evaluation, evaluation] }))).toBe("a, mean of 2 runs, step 10")
})
