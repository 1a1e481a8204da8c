import { describe, expect, test } from "vitest"
import { type PreferenceRow, preferences } from "../../../data/schema/index.ts"
import { Divergences } from "../../../learning/evaluate/divergences.ts"
import { readPolicy } from "../../../learning/policy/files.ts"
import { promptTokens, responseTokens } from "../../../learning/policy/text.ts"
import { subsetAtRandom, subsetByCoverage, subsetByQuality } from "../../../learning/preferences/subset.stage.ts"
import { MemoryTable } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { easyPreferences, tinyPolicyFiles } from "../support/toy.ts"

const rows: ReadonlyArray<PreferenceRow> = easyPreferences(150).map((row, index) => ({
  ...row,
  score_chosen: ((index * 7) % 5) / 4,
  score_rejected: -((index * 11) % 3) / 4,
  tie: index % 6 === 0,
}))
const decided = rows.filter(({ tie }) => !tie)
const table = () => new MemoryTable(preferences, rows)
const ids = (from: ReadonlyArray<PreferenceRow>) => from.map(({ pair_id }) => pair_id)
const quality = ({ score_chosen, score_rejected }: PreferenceRow) => ((score_chosen as number) + (score_rejected as number)) / 2

type Keep = "highest" | "lowest"
const target = await tinyPolicyFiles(2)
const reference = await tinyPolicyFiles(1)
const random = async (share: number, seed = 0) =>
  (await runStage(subsetAtRandom, { preferences: table() }, { fraction: share, seed })).preferences.read()
const byQuality = async (keep: Keep, share: number, seed = 0) =>
  (await runStage(subsetByQuality, { preferences: table() }, { fraction: share, keep, seed })).preferences.read()
const byCoverage = async (keep: Keep, share: number) =>
  (await runStage(subsetByCoverage, { preferences: table(), target, reference }, { fraction: share, keep })).preferences.read()

describe("parts of a data set", () => {
  test("of one share are of one size, without ties, in the table's order", async () => {
    for (const share of [0.2, 0.5, 1]) {
      for (const part of [
        await random(share),
        await byQuality("highest", share),
        await byQuality("lowest", share),
        await byCoverage("highest", share),
      ]) {
        expect(part).toHaveLength(Math.round(125 * share))
        expect(ids(part)).toEqual(ids(part).toSorted((a, b) => a - b))
        expect(part.every((row) => decided.some((other) => other.pair_id === row.pair_id))).toBe(true)
      }
    }
    expect(await random(1)).toEqual(decided)
  })

  test("by quality, nothing left out is better than what is kept; equals are drawn by the seed", async () => {
    const kept = await byQuality("highest", 0.5)
    const left = decided.filter(({ pair_id }) => !ids(kept).includes(pair_id))
    expect(Math.min(...kept.map(quality))).toBeGreaterThanOrEqual(Math.max(...left.map(quality)))
    const worst = await byQuality("lowest", 0.5)
    expect(Math.max(...worst.map(quality))).toBeLessThan(Math.max(...kept.map(quality)))
    const others = await byQuality("highest", 0.5, 3)
    expect(ids(others)).not.toEqual(ids(kept))
    expect(others.map(quality).sort()).toEqual(kept.map(quality).sort())
  })

  test("by coverage, they are those that the target likes best beside its reference, and the two halves are the whole", async () => {
    const policy = await readPolicy(target)
    const { tokenizer, configuration } = policy
    const divergences = new Divergences(configuration, await readPolicy(reference), oneThread)
    const ratios = async (of: "chosen" | "rejected") =>
      divergences.of(
        policy.parameters,
        decided.map((row) => ({ prompt: promptTokens(tokenizer, row.prompt), response: responseTokens(tokenizer, row[of]) })),
      )
    const [chosen, rejected] = [await ratios("chosen"), await ratios("rejected")]
    const covered = new Map(
      decided.map(({ pair_id }, index) => [pair_id, (chosen[index]?.ratio as number) + (rejected[index]?.ratio as number)]),
    )
    const kept = await byCoverage("highest", 0.4)
    const left = await byCoverage("lowest", 0.6)
    expect(new Set([...ids(kept), ...ids(left)]).size).toBe(125)
    const of = (part: ReadonlyArray<PreferenceRow>) => part.map(({ pair_id }) => covered.get(pair_id) as number)
    expect(Math.min(...of(kept))).toBeGreaterThan(Math.max(...of(left)) - 1e-4)
    expect(Math.max(...of(kept)) - Math.min(...of(left))).toBeGreaterThan(1)
  })

  test("at random, another seed draws others", async () => {
    expect(ids(await random(0.3, 1))).not.toEqual(ids(await random(0.3, 2)))
  })

  test("are refused where a pair has no scores, where there is nothing to keep, and where tokens do not mean the same", async () => {
    const unscored = new MemoryTable(preferences, easyPreferences(4))
    await expect(runStage(subsetByQuality, { preferences: unscored }, { fraction: 1, keep: "highest" })).rejects.toMatchObject({
      tag: "NoScores",
    })
    await expect(random(0.001)).rejects.toMatchObject({ tag: "TooLittleData", message: expect.stringContaining("125 pairs") })
    const tokenizer = JSON.parse(new TextDecoder().decode(await target.read("tokenizer.json")))
    tokenizer.model.merges.pop()
    const foreign = target.with({ "tokenizer.json": JSON.stringify(tokenizer) })
    await expect(
      runStage(subsetByCoverage, { preferences: table(), target: foreign, reference }, { fraction: 1, keep: "lowest" }),
    ).rejects.toMatchObject({ tag: "NotComparable" })
  })
})
