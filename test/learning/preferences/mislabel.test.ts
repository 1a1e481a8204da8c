import { expect, test } from "vitest"
import { type PreferenceRow, preferences } from "../../../data/schema/index.ts"
import { mislabel } from "../../../learning/preferences/mislabel.stage.ts"
import { MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"
import { preferenceRow } from "../support/toy.ts"

const rows = Array.from({ length: 3000 }, (_, index) =>
  preferenceRow(index, `prompt ${index}`, "good", "bad", {
    chosen_token_ids: Int32Array.of(1),
    rejected_token_ids: Int32Array.of(2, 3),
    score_chosen: 0.75,
    score_rejected: -0.5,
    p_chosen: 0.875,
    tie: index % 10 === 0,
  }),
)
const noisy = async (share: number, from: ReadonlyArray<PreferenceRow> = rows, seed = 1) =>
  (await runStage(mislabel, { preferences: new MemoryTable(preferences, from) }, { fraction: share, seed })).preferences.read()
const wrong = (result: ReadonlyArray<PreferenceRow>) => result.filter(({ chosen }) => chosen === "bad")

test("so many labels are wrong as are asked for, none of them a tie's", async () => {
  const result = await noisy(0.2)
  const share = wrong(result).length / 2700
  // Three standard errors of a share of 2700.
  expect(Math.abs(share - 0.2)).toBeLessThan(3 * Math.sqrt((0.2 * 0.8) / 2700))
  expect(wrong(result).some(({ tie }) => tie)).toBe(false)
  expect(result.map(({ pair_id, prompt }) => [pair_id, prompt])).toEqual(rows.map(({ pair_id, prompt }) => [pair_id, prompt]))
})

test("a wrong label takes tokens, scores and probability with it, and wrong twice is right", async () => {
  const all = await noisy(1)
  expect(wrong(all)[0]).toMatchObject({
    chosen: "bad",
    rejected: "good",
    chosen_token_ids: Int32Array.of(2, 3),
    rejected_token_ids: Int32Array.of(1),
    score_chosen: -0.5,
    score_rejected: 0.75,
    p_chosen: 0.125,
  })
  expect(wrong(all)).toHaveLength(2700)
  expect(await noisy(1, all)).toEqual(rows)
  expect(await noisy(0)).toEqual(rows)
})

test("another seed mistakes others; a pair's fate does not depend on those after it", async () => {
  expect(await noisy(0.5, rows, 2)).not.toEqual(await noisy(0.5))
  expect(await noisy(0.5, rows.slice(0, 100))).toEqual((await noisy(0.5)).slice(0, 100))
})

test("a pair without a probability has none afterwards", async () => {
  const [row] = await noisy(1, [preferenceRow(0, "p", "good", "bad")])
  expect(row).toMatchObject({ chosen: "bad", p_chosen: null, score_chosen: null })
})
