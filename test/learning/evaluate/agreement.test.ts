import { describe, expect, test } from "vitest"
import { preferences as columns, type PreferenceRow } from "../../../data/schema/index.ts"
import { agreement } from "../../../learning/evaluate/agreement.stage.ts"
import { label } from "../../../learning/preferences/label.stage.ts"
import { sample } from "../../../learning/preferences/sample.stage.ts"
import { prompts, reference } from "../support/evaluated.ts"
import { type MemoryFiles, MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"
import { goldJudge, tinyProxyFiles } from "../support/toy.ts"

/** Pairs that gold has labelled, ties among them. */
const { responses } = await runStage(
  sample,
  { policy: reference, prompts },
  { perPrompt: 2, split: "test", seed: 3, maxNewTokens: 12, limit: 60 },
)
const { preferences } = await runStage(label, { responses, judge: goldJudge, opponents: undefined }, {})
const pairs = await preferences.read()
const tableOf = (rows: ReadonlyArray<PreferenceRow>) => new MemoryTable(columns, rows)

const judged = async (judge: MemoryFiles, table = preferences) => {
  const { metrics, judgements } = await runStage(agreement, { judge, preferences: table }, {})
  const values = Object.fromEntries((await metrics.read()).map(({ name, value }) => [name, value]))
  return { values, rows: await judgements.read() }
}

const proxy = await tinyProxyFiles(5)
const byProxy = await judged(proxy)
const byGold = await judged(goldJudge)

const outcomeOf = (probability: number) => (Math.sign(probability - 0.5) + 1) / 2

describe("judgements", () => {
  test("are one for each pair in its order, ties too, with what its label says", () => {
    expect(pairs.some(({ tie }) => tie) && pairs.some(({ tie }) => !tie)).toBe(true)
    expect(byProxy.rows.map(({ p_judge: _, ...row }) => row)).toEqual(
      pairs.map(({ pair_id, prompt, chosen, rejected, p_chosen, tie }) => ({ pair_id, prompt, chosen, rejected, p_label: p_chosen, tie })),
    )
  })

  test.each([
    ["a preference model", byProxy],
    ["gold", byGold],
  ])("of %s have its accuracy and its share of ties in them", (_, { values, rows }) => {
    const decided = rows.filter(({ tie }) => !tie)
    const outcomes = decided.map(({ p_judge }) => outcomeOf(p_judge))
    expect(values.pairs).toBe(decided.length)
    expect(values.accuracy).toBeCloseTo(outcomes.reduce((sum, outcome) => sum + outcome, 0) / outcomes.length, 12)
    expect(values.judge_tie_share).toBe(outcomes.filter((outcome) => outcome === 0.5).length / outcomes.length)
  })

  test("by the judge that gave the labels are the labels", () => {
    expect(byGold.values.accuracy).toBe(1)
    for (const { p_label, p_judge, tie } of byGold.rows) expect([p_judge, p_label]).toEqual(tie ? [0.5, 0.5] : [1, 1])
  })

  test("are complemented where chosen and rejected change places", async () => {
    const exchanged = pairs.map((row) => ({ ...row, chosen: row.rejected, rejected: row.chosen }))
    const { rows } = await judged(proxy, tableOf(exchanged))
    for (const [index, { p_judge }] of rows.entries()) expect(p_judge).toBeCloseTo(1 - (byProxy.rows[index]?.p_judge as number), 6)
  })

  test("have no probability of a label that came without", async () => {
    const { rows } = await judged(proxy, tableOf(pairs.map((row) => ({ ...row, p_chosen: null }))))
    expect(rows.every(({ p_label }) => p_label === null)).toBe(true)
    expect(rows.map(({ p_judge }) => p_judge)).toEqual(byProxy.rows.map(({ p_judge }) => p_judge))
  })
})
