import { expect, test } from "vitest"
import { addPoints, joinPoints, type LivePoint, pointOf } from "../../../../ui/views/curves/live-points.ts"

const point = (step: number, x = step, y = step * 10): LivePoint => ({ step, x, y })

test("a point is what was measured of both axes, or none", () => {
  expect(pointOf(3, { loss: 0.5, kl: 2 }, { metric: "loss", x: "step" })).toEqual({ step: 3, x: 3, y: 0.5 })
  expect(pointOf(3, { loss: 0.5, kl: 2 }, { metric: "loss", x: "kl" })).toEqual({ step: 3, x: 2, y: 0.5 })
  expect(pointOf(3, { loss: 0.5 }, { metric: "loss", x: "kl" })).toBeNull()
  expect(pointOf(3, { kl: 2 }, { metric: "loss", x: "step" })).toBeNull()
})

test("a stage that resumed from a checkpoint replaces what it had reported after it", () => {
  const before = addPoints([], [point(1), point(2), point(3)])
  expect(addPoints(before, [point(2, 2, 99), point(3, 3, 98)])).toEqual([point(1), point(2, 2, 99), point(3, 3, 98)])
})

test("points that the server has answered with already are not drawn twice", () => {
  const curve = { x: [1, 2], y: [10, 20] }
  expect(joinPoints(curve, [point(1), point(2), point(3)], "step")).toEqual({ x: [1, 2, 3], y: [10, 20, 30] })
  expect(joinPoints(curve, [point(2)], "step")).toBe(curve)
  expect(joinPoints({ x: [], y: [] }, [point(1)], "step")).toEqual({ x: [1], y: [10] })
})

test("over another metric, points come after the last one that the curve has", () => {
  const curve = { x: [0.5, 0.9, 0.7], y: [10, 20, 30] }
  const points = [point(2, 0.9, 20), point(3, 0.7, 30), point(4, 0.6, 40)]
  expect(joinPoints(curve, points, "kl").x).toEqual([0.5, 0.9, 0.7, 0.6])
  // All are known: the answer is newer than what was reported.
  expect(joinPoints(curve, points.slice(0, 1), "kl")).toBe(curve)
  expect(joinPoints(curve, points.slice(2), "kl").x).toEqual([0.5, 0.9, 0.7, 0.6])
})
