/** Evaluation of those checkpoints alone that bracket a grid of KLs. */

import { afterEach, expect, test, vi } from "vitest"
import { evaluate } from "../../../learning/evaluate/evaluate.stage.ts"
import { evaluated, inputs, moved, parameters, runOf, shifted } from "../support/evaluated.ts"
import { oneThread, runStage } from "../support/stage.ts"

// From the reference itself to far beyond it; the second step strays beyond the third.
const run = await runOf({ 1: parameters, 2: shifted(0.03), 3: moved, 4: shifted(0.03), 5: shifted(0.06) })
const all = await evaluated(run, { count: 40, inputs: { preferences: [] } })
const klOf = (step: number) => {
  const kls = all.evaluation.filter((row) => row.step === step).map(({ kl }) => kl)
  return kls.reduce((sum, kl) => sum + kl, 0) / kls.length
}
// Nearer to the lower one, whose KL a pilot of few responses knows better.
const middle = klOf(3) + (klOf(4) - klOf(3)) / 5

afterEach(() => {
  vi.restoreAllMocks()
})

test("has the rows that an evaluation of all checkpoints has of them", async () => {
  const some = await evaluated(run, { count: 40, checkpoints: { bracketing: [middle], pilot: 40 }, inputs: { preferences: [] } })
  const steps = [...new Set(some.evaluation.map(({ step }) => step))]
  expect(steps).toEqual([3, 4])
  for (const output of ["evaluation", "classification", "summary"] as const)
    expect(some[output]).toEqual(all[output].filter(({ step }) => steps.includes(step)))
})

test("chooses the furthest where the grid is not reached", async () => {
  const some = await evaluated(run, { count: 8, checkpoints: { bracketing: [1e6], pilot: 8 }, inputs: { preferences: [] } })
  expect([...new Set(some.summary.map(({ step }) => step))]).toEqual([5])
})

test("says which checkpoints it has chosen, and at what KL, and reports the pilot as progress", async () => {
  const printed = vi.spyOn(console, "log").mockImplementation(() => {})
  const reports: Array<readonly [step: number, total: number]> = []
  const given = { count: 40, maxNewTokens: 12, checkpoints: { bracketing: [middle], pilot: 40 } }
  await runStage(evaluate, { ...inputs, run, preferences: [] }, given, oneThread, (step, total) => reports.push([step, total]))
  const words = printed.mock.calls.map(([line]) => String(line)).find((line) => line.includes("bracket"))
  expect(words).toMatch(/^of 5 checkpoints, 2 bracket KL [\d.]+ nats: step 3 at KL \d+\.\d+ ± \d+\.\d+, step 4 at KL \d+\.\d+ ± \d+\.\d+$/)
  expect(reports.map(([step]) => step)).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(reports.at(-1)).toEqual([7, 7])
})
