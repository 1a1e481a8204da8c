import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { preferences } from "../../../data/schema/index.ts"
import { bradleyTerryProxy } from "../../../learning/judge/bradley-terry.stage.ts"
import { ensemble, ensembleWeights } from "../../../learning/judge/ensemble.stage.ts"
import { fitWeights, logOddsOf } from "../../../learning/judge/pool.ts"
import { readJudge } from "../../../learning/judge/read.ts"
import { splitByPrompt } from "../../../learning/preferences/split-by-prompt.stage.ts"
import { type MemoryFiles, MemoryTable } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { easyPreferences, goldJudge, tinyProxyFiles } from "../support/toy.ts"

const rows = easyPreferences(240).map((row, index) => (index % 6 === 0 ? { ...row, rejected: row.chosen, tie: true } : row))
const { rest, heldOut } = await runStage(splitByPrompt, { preferences: new MemoryTable(preferences, rows) }, { fraction: 0.25, seed: 1 })
const { judge: words } = await runStage(bradleyTerryProxy, { preferences: rest }, { seed: 1 })
/** Has learned nothing. */
const model = await tinyProxyFiles(2)

const membersOf = (members: Readonly<Record<string, MemoryFiles>>) =>
  Object.entries(members).map(([name, input]) => ({ path: [name], at: {}, input }))
const members = membersOf({ words, model })
const textPairs = rows.map(({ prompt, chosen, rejected }) => ({ prompt, first: chosen, second: rejected }))
const compare = async (judge: MemoryFiles, pairs = textPairs) => (await readJudge(judge, oneThread)).compare(pairs)

describe("preferences that are split by prompt", () => {
  test("are all there, each prompt on one side with all of its pairs", async () => {
    const [one, other] = [await rest.read(), await heldOut.read()]
    expect([...one, ...other].map(({ pair_id }) => pair_id).sort((a, b) => a - b)).toEqual(rows.map(({ pair_id }) => pair_id))
    const prompts = new Set(one.map(({ prompt }) => prompt))
    expect(other.some(({ prompt }) => prompts.has(prompt))).toBe(false)
    const count = new Set(rows.map(({ prompt }) => prompt)).size
    expect(new Set(other.map(({ prompt }) => prompt)).size).toBe(Math.round(count / 4))
  })

  test("are refused where a part would be empty", async () => {
    const split = (fraction: number) => runStage(splitByPrompt, { preferences: rest }, { fraction, seed: 1 })
    await expect(split(0.001)).rejects.toMatchObject({ tag: "TooLittleData" })
    await expect(split(1)).rejects.toMatchObject({ tag: "TooLittleData" })
  })
})

describe("a bag of words as a proxy", () => {
  test("orders pairs of prompts that it never saw, and is a proxy", async () => {
    const untied = (await heldOut.read()).filter(({ tie }) => !tie)
    const verdicts = await compare(
      words,
      untied.map(({ prompt, chosen, rejected }) => ({ prompt, first: chosen, second: rejected })),
    )
    expect(verdicts.filter(({ outcome }) => outcome === 1).length / untied.length).toBeGreaterThan(0.95)
    expect((await readJudge(words, oneThread)).source).toBe("proxy")
  })

  test("learns from ties what does not count", async () => {
    const pair = (index: number, chosen: string, rejected: string, tie: boolean) => ({
      ...(rows[index] as (typeof rows)[number]),
      chosen,
      rejected,
      tie,
    })
    // What is better has always a day, and a pair of days that differ in nothing else is a tie.
    const taught = Array.from({ length: 40 }, (_, index) => [
      pair(index, " a happy day", " a sad song", false),
      pair(index, " a day", " a song", true),
    ]).flat()
    const marginOf = async (ties: "half" | "drop") => {
      const { judge } = await runStage(bradleyTerryProxy, { preferences: new MemoryTable(preferences, taught) }, { ties, seed: 1 })
      const [verdict] = await compare(judge, [{ prompt: "", first: " a day", second: " a song" }])
      return logOddsOf(verdict as NonNullable<typeof verdict>)
    }
    expect(await marginOf("drop")).toBeGreaterThan(2)
    expect(Math.abs(await marginOf("half"))).toBeLessThan(0.5)
  })

  test("tells apart what a negation reaches where it is asked to", async () => {
    const taught = Array.from({ length: 60 }, (_, index) => ({
      ...(rows[index] as (typeof rows)[number]),
      chosen: index % 2 === 0 ? " a good day" : " a bad day",
      rejected: index % 2 === 0 ? " not a good day" : " not a good song",
      tie: false,
    }))
    const oddsOf = async (features: "words" | "negation") => {
      const { judge } = await runStage(bradleyTerryProxy, { preferences: new MemoryTable(preferences, taught) }, { features, seed: 1 })
      const [verdict] = await compare(judge, [{ prompt: "", first: " never a good day", second: " a day" }])
      return logOddsOf(verdict as NonNullable<typeof verdict>)
    }
    expect(await oddsOf("negation")).toBeLessThan(-0.5)
    expect(await oddsOf("words")).toBeGreaterThan(await oddsOf("negation"))
  })
})

describe("an ensemble", () => {
  test("without weights has the mean of its members' log-odds", async () => {
    const { judge } = await runStage(ensemble, { members }, {})
    const [one, other, both] = [await compare(words), await compare(model), await compare(judge)]
    for (const [index, verdict] of both.entries()) {
      const odds = (logOddsOf(one[index] as typeof verdict) + logOddsOf(other[index] as typeof verdict)) / 2
      expect(verdict.probability).toBeCloseTo(1 / (1 + Math.exp(-odds)), 10)
      if (Math.abs(odds) > 1e-6) expect(verdict.outcome).toBe(odds > 0 ? 1 : 0)
    }
  })

  test("complements its verdict where the two responses are exchanged", async () => {
    const { judge } = await runStage(ensemble, { members }, {})
    const given = await compare(judge)
    const exchanged = await compare(
      judge,
      textPairs.map(({ prompt, first, second }) => ({ prompt, first: second, second: first })),
    )
    expect(exchanged.map(({ outcome }) => 1 - outcome)).toEqual(given.map(({ outcome }) => outcome))
  })

  test("with fitted weights follows its best member, and counts one that has learned nothing for little", async () => {
    const { weights } = await runStage(ensembleWeights, { members, preferences: heldOut }, { seed: 1 })
    const fitted = (await weights.json("weights.json")) as {
      readonly members: ReadonlyArray<{ readonly name: string; readonly weight: number; readonly accuracy: number }>
      readonly accuracy_equal_weights: number
      readonly accuracy_fitted_weights: number
    }
    const [first, second] = fitted.members
    expect([first?.name, second?.name]).toEqual(["words", "model"])
    expect(first?.weight).toBeGreaterThan(10 * Math.abs(second?.weight as number))
    expect(fitted.accuracy_fitted_weights).toBeGreaterThanOrEqual((first?.accuracy as number) - 0.02)
    expect(second?.accuracy).toBeLessThan(0.8)
    const { judge } = await runStage(ensemble, { members, weights }, {})
    expect(await judge.json("judge.json")).toMatchObject({ parameters: { weights: [first?.weight, second?.weight] } })
    const [alone, both] = [await compare(words), await compare(judge)]
    const agree = both.filter(({ outcome }, index) => outcome === alone[index]?.outcome).length
    expect(agree / both.length).toBeGreaterThan(0.95)
  })

  test("does not know its labels where it is not known what its weights were fitted to", async () => {
    const unknown = (await heldOut.read()).map((row) => ({ ...row, source: "proxy" }))
    const { weights } = await runStage(ensembleWeights, { members, preferences: new MemoryTable(preferences, unknown) }, { seed: 1 })
    const labels = async (judge: MemoryFiles) => (await readJudge(judge, oneThread)).labels
    expect(await labels((await runStage(ensemble, { members, weights }, {})).judge)).toBeUndefined()
    expect(await labels((await runStage(ensemble, { members }, {})).judge)).toHaveProperty(rest.digest)
  })

  test("refuses weights that were fitted to other judges", async () => {
    const { weights } = await runStage(ensembleWeights, { members, preferences: heldOut }, { seed: 1 })
    const others = membersOf({ words, model: await tinyProxyFiles(3) })
    await expect(runStage(ensemble, { members: others, weights }, {})).rejects.toMatchObject({ tag: "UnlikeMembers" })
    await expect(runStage(ensemble, { members, weights: goldJudge }, {})).rejects.toMatchObject({ tag: "JudgeFiles" })
  })

  test("cannot be weighed by ties alone, nor in more folds than there are prompts", async () => {
    const ties = new MemoryTable(
      preferences,
      rows.filter(({ tie }) => tie),
    )
    await expect(runStage(ensembleWeights, { members, preferences: ties }, { seed: 1 })).rejects.toMatchObject({ tag: "TooLittleData" })
    await expect(runStage(ensembleWeights, { members, preferences: heldOut }, { seed: 1, folds: 100 })).rejects.toMatchObject({
      tag: "TooLittleData",
    })
  })
})

describe("the weights of a logistic regression", () => {
  test("have no slope left: what the labels exceed the probabilities by is what the ridge pulls", () => {
    const odds = fc.double({ min: -5, max: 5, noNaN: true })
    const example = fc.record({ logOdds: fc.tuple(odds, odds), label: fc.constantFrom(0 as const, 0.5 as const, 1 as const) })
    fc.assert(
      fc.property(fc.array(example, { minLength: 1, maxLength: 30 }), (examples) => {
        const weights = fitWeights(examples)
        for (const index of [0, 1]) {
          const slope = examples.reduce((sum, { logOdds, label }) => {
            const p = 1 / (1 + Math.exp(-((weights[0] as number) * logOdds[0] + (weights[1] as number) * logOdds[1])))
            return sum + (label - p) * (logOdds[index] as number)
          }, 0)
          expect(slope).toBeCloseTo(weights[index] as number, 5)
        }
      }),
    )
  })

  test("of a single calibrated judge are about 1", () => {
    const examples = Array.from({ length: 4000 }, (_, index) => {
      const logOdds = ((index % 40) - 19.5) / 10
      // As many of each hundred as the judge says.
      const wins = Math.floor(index / 40) < 100 / (1 + Math.exp(-logOdds))
      return { logOdds: [logOdds], label: wins ? 1 : 0 } as const
    })
    expect(fitWeights(examples)[0]).toBeCloseTo(1, 1)
  })
})
