import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type PreferenceRow, preferences } from "../../../data/schema/index.ts"
import { ipo } from "../../../learning/objective/losses.ts"
import { shuffle } from "../../../learning/preferences/shuffle.stage.ts"
import { optimize } from "../../../learning/train/optimize.stage.ts"
import { MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"
import { easyPreferences, preferenceRow, tinyPolicyFiles } from "../support/toy.ts"

/** A stream of steps of these sizes, numbered from 1. */
const streamOf = (sizes: ReadonlyArray<number>): ReadonlyArray<PreferenceRow> => {
  let pair_id = 0
  return sizes.flatMap((size, step) =>
    Array.from({ length: size }, (_, position) => preferenceRow(pair_id++, `prompt ${pair_id}`, "a", "b", { step: step + 1, position })),
  )
}
const shuffled = async (rows: ReadonlyArray<PreferenceRow>, window: number | "all", seed = 1) =>
  (await runStage(shuffle, { preferences: new MemoryTable(preferences, rows) }, { window, seed })).preferences.read()

const places = (rows: ReadonlyArray<PreferenceRow>) => rows.map(({ step, position }) => [step, position])
const withoutPlace = (rows: ReadonlyArray<PreferenceRow>) =>
  rows.map(({ step, position, ...rest }) => rest).sort((a, b) => a.pair_id - b.pair_id)

describe("shuffling a stream", () => {
  test("loses no pair, changes nothing of one but its place, and keeps every place", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }),
        fc.oneof(fc.integer({ min: 1, max: 15 }), fc.constant("all" as const)),
        fc.nat(9),
        async (sizes, window, seed) => {
          const rows = streamOf(sizes)
          const given = fc.sample(fc.shuffledSubarray([...rows], { minLength: rows.length }), { numRuns: 1, seed })[0] ?? []
          const result = await shuffled(given, window, seed)
          expect(places(result)).toEqual(places(rows))
          expect(withoutPlace(result)).toEqual(withoutPlace(rows))
          // No pair leaves its window, and the order in which rows are stored makes no difference.
          if (window !== "all")
            for (const [index, row] of result.entries())
              expect(windowOf(row.step, window)).toBe(windowOf(stepOf(rows, result, index), window))
          expect(result).toEqual(await shuffled(rows, window, seed))
        },
      ),
      { numRuns: 60 },
    )
  })

  const windowOf = (step: number, window: number) => Math.floor((step - 1) / window)
  /** The step that a row had before. */
  const stepOf = (rows: ReadonlyArray<PreferenceRow>, result: ReadonlyArray<PreferenceRow>, index: number) =>
    rows.find(({ pair_id }) => pair_id === result[index]?.pair_id)?.step as number

  test("moves most pairs as far as the window lets it, in another way in each window and for each seed", async () => {
    const rows = streamOf(Array.from({ length: 100 }, () => 8))
    const moved = async (window: number | "all") => {
      const result = await shuffled(rows, window)
      return result.reduce((sum, { step }, index) => sum + Math.abs(step - stepOf(rows, result, index)), 0) / rows.length
    }
    expect(await moved(1)).toBe(0)
    // The mean distance of two places among n is a third of n.
    expect(Math.abs((await moved(20)) - 20 / 3)).toBeLessThan(1)
    expect(Math.abs((await moved("all")) - 100 / 3)).toBeLessThan(4)
    const order = (result: ReadonlyArray<PreferenceRow>) => result.map(({ pair_id }) => pair_id % 80)
    const result = await shuffled(rows, 10)
    expect(order(result.slice(0, 80))).not.toEqual(order(result.slice(80, 160)))
    expect(await shuffled(rows, 10, 2)).not.toEqual(result)
  })

  test("gives a stream that the offline optimiser replays; within a step the order hardly matters, across steps it does", async () => {
    const reference = await tinyPolicyFiles(1)
    const rows = easyPreferences(48).map((row, index) => ({ ...row, step: 1 + Math.floor(index / 8), position: index % 8 }))
    const margins = async (from: ReadonlyArray<PreferenceRow>) => {
      const run = await runStage(
        optimize,
        { reference, preferences: new MemoryTable(preferences, from) },
        { loss: ipo({ beta: 0.1 }), steps: 6, seed: 1, batchSize: 8, learningRate: 3e-3, checkpoints: 1, order: "stream" },
      )
      return (await run.metrics.read()).filter(({ name }) => name === "margin").map(({ value }) => value)
    }
    const [plain, within, across] = [
      await margins(rows),
      await margins(await shuffled(rows, 1)),
      await margins(await shuffled(rows, "all")),
    ]
    for (const [index, margin] of within.entries()) expect(margin).toBeCloseTo(plain[index] as number, 2)
    expect(Math.max(...across.map((margin, index) => Math.abs(margin - (plain[index] as number))))).toBeGreaterThan(0.05)
  })
})
