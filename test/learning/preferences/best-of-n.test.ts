import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type PreferenceRow, preferences, responses } from "../../../data/schema/index.ts"
import { score } from "../../../learning/judge/scorers/vader-score.ts"
import { bestOfN } from "../../../learning/preferences/best-of-n.stage.ts"
import { label } from "../../../learning/preferences/label.stage.ts"
import { MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"
import { goldJudge, preferenceRow, qualities, responseRow } from "../support/toy.ts"

const allPairs = async (groups: ReadonlyArray<ReadonlyArray<string>>) => {
  const rows = groups.flatMap((texts, prompt) => texts.map((text, index) => responseRow(prompt, index, `prompt ${prompt}`, text)))
  return (await runStage(label, { responses: new MemoryTable(responses, rows), judge: goldJudge }, { pairing: "all" })).preferences
}
const best = async (rows: MemoryTable<typeof preferences>) => (await runStage(bestOfN, { preferences: rows }, {})).preferences.read()

const groups = fc.array(fc.array(fc.constantFrom(...qualities.map((word) => ` ${word}`)), { minLength: 2, maxLength: 5 }), {
  minLength: 1,
  maxLength: 4,
})

describe("best of n", () => {
  test("pairs the response that the judge scores best with the one it scores worst, once a prompt", async () => {
    await fc.assert(
      fc.asyncProperty(groups, async (texts) => {
        const result = await best(await allPairs(texts))
        expect(result.map(({ prompt }) => prompt)).toEqual(texts.map((_, prompt) => `prompt ${prompt}`))
        for (const [prompt, { chosen, rejected, tie, score_chosen, score_rejected }] of result.entries()) {
          const scores = (texts[prompt] ?? []).map((text) => score(`prompt ${prompt}${text}`))
          expect(score_chosen).toBe(Math.max(...scores))
          expect(score_rejected).toBe(Math.min(...scores))
          expect(tie).toBe(score_chosen === score_rejected)
          expect([score(`prompt ${prompt}${chosen}`), score(`prompt ${prompt}${rejected}`)]).toEqual([score_chosen, score_rejected])
        }
      }),
      { numRuns: 50 },
    )
  })

  test("of two is the pair itself", async () => {
    const pairs = await allPairs([
      [" happy", " sad"],
      [" green", " wooden"],
      [" terrible", " terrible"],
    ])
    expect(await best(pairs)).toEqual(await pairs.read())
  })

  test("of a judge that goes in circles is the first pair", async () => {
    const circle: ReadonlyArray<PreferenceRow> = [
      preferenceRow(0, "p", "a", "b"),
      preferenceRow(1, "p", "b", "c"),
      preferenceRow(2, "p", "c", "a"),
    ]
    expect(await best(new MemoryTable(preferences, circle))).toEqual(circle.slice(0, 1))
  })

  test("is refused where pairs are missing", async () => {
    const some = [
      preferenceRow(0, "p", "a", "b"),
      preferenceRow(1, "p", "b", "c"),
      preferenceRow(2, "p", "b", "d"),
      preferenceRow(3, "p", "c", "d"),
    ]
    await expect(best(new MemoryTable(preferences, some))).rejects.toMatchObject({
      tag: "NotAllPairs",
      message: expect.stringContaining('"p"'),
    })
  })
})
