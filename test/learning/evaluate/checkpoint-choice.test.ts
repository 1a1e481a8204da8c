import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { chooseCheckpoints, type MeasuredCheckpoint } from "../../../learning/evaluate/checkpoint-choice.ts"

/** Checkpoints at these KLs, in order of steps. */
const at = (kls: ReadonlyArray<number>, error = 0): ReadonlyArray<MeasuredCheckpoint> =>
  kls.map((kl, index) => ({ step: index + 1, kl, error }))
const klsOf = (chosen: ReadonlyArray<MeasuredCheckpoint>) => chosen.map(({ kl }) => kl)

describe("the checkpoints that bracket a grid of KLs", () => {
  test("are for each K the last below and the first above, and nothing else", () => {
    expect(klsOf(chooseCheckpoints(at([0.1, 0.5, 0.9, 1.3, 2, 3.7, 4.2, 6]), [1, 4], 8))).toEqual([0.9, 1.3, 3.7, 4.2])
  })

  test("are where the run is at a KL for the last time, and come in order of steps", () => {
    expect(klsOf(chooseCheckpoints(at([1.3, 1.8, 0.8, 1.9, 2.8]), [1, 2], 8))).toEqual([0.8, 1.9, 2.8])
    expect(klsOf(chooseCheckpoints(at([0.5, 3, 1.5, 2.5]), [2], 2))).toEqual([1.5, 2.5])
    expect(klsOf(chooseCheckpoints(at([3, 2.5, 1.5, 0.5]), [2], 2))).toEqual([0.5])
  })

  test("may be out of order by what a pilot cannot tell apart", () => {
    expect(klsOf(chooseCheckpoints(at([0.5, 2.1, 1.95, 2.5], 0.1), [2], 8))).toEqual([0.5, 2.1, 1.95, 2.5])
    expect(klsOf(chooseCheckpoints(at([0.5, 2.1, 1.95, 2.5], 0.01), [2], 8))).toEqual([1.95, 2.5])
  })

  test("hold the furthest where the grid is not reached, and the first where all are beyond it", () => {
    expect(klsOf(chooseCheckpoints(at([0.2, 0.8, 1.2, 1.6, 1.7]), [1, 2, 3], 4))).toEqual([0.8, 1.2, 1.7])
    expect(klsOf(chooseCheckpoints(at([3, 4, 5]), [1, 2], 2))).toEqual([3])
  })

  test("go out to a checkpoint that is clearly beyond the grid, where its nearest one may not be", () => {
    expect(klsOf(chooseCheckpoints(at([0.5, 0.95, 2, 4.05, 5], 0.1), [1, 4], 5))).toEqual([0.5, 0.95, 2, 4.05, 5])
    expect(klsOf(chooseCheckpoints(at([0.5, 0.95, 2, 4.05, 5], 0.01), [1, 4], 5))).toEqual([0.95, 2, 4.05])
  })

  test("are thinned out to those whose brackets are narrowest, and keep their ends", () => {
    const [all, grid] = [
      [0.9, 1.2, 1.9, 2.3, 2.9, 3.4, 3.9, 4.2],
      [1, 2, 3, 4],
    ]
    const width = (kls: ReadonlyArray<number>) =>
      grid.reduce((sum, k) => sum + (k - Math.max(...kls.filter((kl) => kl <= k))) * (Math.min(...kls.filter((kl) => kl >= k)) - k), 0)
    const inner = all.slice(1, -1)
    const choices = inner.flatMap((one, index) => inner.slice(index + 1).map((other) => [0.9, one, other, 4.2]))
    const narrowest = choices.reduce((best, each) => (width(each) < width(best) ? each : best))
    expect(klsOf(chooseCheckpoints(at(all), grid, 4))).toEqual(narrowest)
  })

  test("of any run bracket every K that its path brackets, are at most as many as asked for, and are some of the run's", () => {
    const kls = fc.array(fc.double({ min: 0, max: 8, noNaN: true }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(kls, fc.integer({ min: 2, max: 6 }), (all, most) => {
        const grid = [1, 2, 3, 4]
        const chosen = klsOf(chooseCheckpoints(at(all), grid, most))
        expect(chosen.length).toBeLessThanOrEqual(most)
        expect(chosen.length).toBeGreaterThan(0)
        const path = all.filter((kl, index) => kl <= Math.min(...all.slice(index)))
        for (const kl of chosen) expect(path).toContain(kl)
        for (const k of grid) {
          if (path.some((kl) => kl <= k) && path.some((kl) => kl >= k)) {
            expect(Math.min(...chosen)).toBeLessThanOrEqual(k)
            expect(Math.max(...chosen)).toBeGreaterThanOrEqual(k)
          }
        }
        if (Math.max(...path) < 4) expect(Math.max(...chosen)).toBe(Math.max(...path))
      }),
    )
  })
})
