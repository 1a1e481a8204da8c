import { describe, expect, test, vi } from "vitest"
import { responses as columns, preferences, ratings } from "../../../data/schema/index.ts"
import { annotators } from "../../../learning/judge/annotators.stage.ts"
import { readJudge } from "../../../learning/judge/read.ts"
import { vader, valencePerWord, winkSentiment } from "../../../learning/judge/scorers/sentiment.stage.ts"
import { sigmoid } from "../../../learning/judge/verdict.ts"
import { label, relabel } from "../../../learning/preferences/label.stage.ts"
import { draw, flip } from "../../../learning/preferences/noise.ts"
import { MemoryTable } from "../support/memory.ts"
import { shippedTable } from "../support/shipped.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { goldJudge, judgeFiles, preferenceRow, responseRow } from "../support/toy.ts"

const [good, better, bad, plain, other] = [" is good", " is wonderful", " is terrible", " is green", " is wooden"] as const
const count = 800

/** So many prompts with these two responses each. */
const table = (first: string, second: string, prompts = count) =>
  new MemoryTable(
    columns,
    Array.from({ length: prompts }, (_, id) => [responseRow(id, 0, `day ${id}`, first), responseRow(id, 1, `day ${id}`, second)]).flat(),
  )
type Given = Parameters<typeof runStage<typeof label>>[2]
const labelled = async (first: string, second: string, parameters: Given, prompts = count) =>
  (await runStage(label, { responses: table(first, second, prompts), judge: goldJudge }, parameters)).preferences.read()
const share = (values: ReadonlyArray<boolean>) => values.filter(Boolean).length / values.length

describe("noise", () => {
  test("flips labels with its probability, the same ones again, and others by another seed", async () => {
    const rows = await labelled(good, bad, { noise: flip({ probability: 0.2 }), seed: 5 })
    const flipped = rows.map(({ chosen }) => chosen === bad)
    expect(Math.abs(share(flipped) - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / count))
    expect(await labelled(good, bad, { noise: flip({ probability: 0.2 }), seed: 5 })).toEqual(rows)
    expect(await labelled(good, bad, { noise: flip({ probability: 0.2 }), seed: 6 })).not.toEqual(rows)
    for (const row of rows) {
      const wrong = row.chosen === bad
      expect(row.chosen_token_ids).toEqual(Int32Array.of(row.pair_id, wrong ? 1 : 0))
      expect((row.score_chosen as number) < (row.score_rejected as number)).toBe(wrong)
      expect(row.p_chosen).toBe(wrong ? 0 : 1)
      expect(row.tie).toBe(false)
    }
  })

  test("of no or certain probability changes nothing or all", async () => {
    expect(await labelled(good, bad, { noise: flip({ probability: 0 }) }, 50)).toEqual(await labelled(good, bad, {}, 50))
    expect((await labelled(good, bad, { noise: flip({ probability: 1 }) }, 50)).every(({ chosen }) => chosen === bad)).toBe(true)
  })

  test("draws labels by the difference of scores over the temperature", async () => {
    for (const temperature of [0.1, 1]) {
      const rows = await labelled(good, better, { noise: draw({ temperature }), seed: 1 })
      const right = rows.map(({ chosen }) => chosen === better)
      const [row] = rows
      const difference = Math.abs((row?.score_chosen as number) - (row?.score_rejected as number))
      const expected = sigmoid(difference / temperature)
      expect(Math.abs(share(right) - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / count))
    }
  })

  test("does not touch ties", async () => {
    const rows = await labelled(plain, other, { noise: flip({ probability: 1 }) }, 20)
    expect(rows).toEqual(await labelled(plain, other, {}, 20))
  })
})

describe("ties", () => {
  const mixed = new MemoryTable(
    columns,
    [
      [plain, other],
      [good, bad],
      [other, plain],
      [bad, better],
    ].flatMap((pair, id) => pair.map((each, index) => responseRow(id, index, `day ${id}`, each))),
  )
  const rowsWith = async (ties: "mark" | "drop" | "random") =>
    (await runStage(label, { responses: mixed, judge: goldJudge }, { ties, pairing: "all" })).preferences.read()

  test("are marked, or dropped and the rest numbered again", async () => {
    expect((await rowsWith("mark")).map(({ tie }) => tie)).toEqual([true, false, true, false])
    const said = vi.spyOn(console, "log").mockImplementation(() => {})
    const dropped = await rowsWith("drop")
    expect(said.mock.calls).toEqual([["2 of 4 pairs are ties, and are left out"]])
    said.mockRestore()
    expect(dropped.map(({ chosen, pair_id, position }) => [chosen, pair_id, position])).toEqual([
      [good, 0, 0],
      [better, 1, 1],
    ])
  })

  test("are decided by a coin where an annotator must choose", async () => {
    const rows = await labelled(plain, other, { ties: "random", seed: 2 })
    expect(rows.some(({ tie }) => tie)).toBe(false)
    expect(Math.abs(share(rows.map(({ chosen }) => chosen === plain)) - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / count))
    expect(new Set(rows.map(({ p_chosen }) => p_chosen))).toEqual(new Set([0.5]))
  })

  test("that are all there is cannot all be dropped", async () => {
    await expect(labelled(plain, other, { ties: "drop" }, 3)).rejects.toMatchObject({
      tag: "NoPairs",
      message: expect.stringContaining("ties"),
    })
  })
})

describe("pairs of two policies", () => {
  const answers = (sets: ReadonlyArray<ReadonlyArray<string>>, name: string, first = 0) =>
    new MemoryTable(
      columns,
      sets.flatMap((set, id) =>
        set.map((each, index) => ({ ...responseRow(first + id, index, `day ${first + id}`, each), policy_key: name })),
      ),
    )
  const one = answers([[bad, good, plain], [good]], "one")
  const two = answers([[better, bad], [other]], "two")
  const pairsOf = async (pairing: "untied" | "disjoint" | "all", responses = one, opponents = two) =>
    (await runStage(label, { responses, opponents, judge: goldJudge }, { pairing })).preferences.read()
  const words = (rows: Awaited<ReturnType<typeof pairsOf>>) =>
    rows.map(({ prompt, chosen, rejected }) => `${prompt}:${chosen}>${rejected}`.replaceAll(" is ", ""))

  test("disjoint: the i-th of one with the i-th of the other", async () => {
    const rows = await pairsOf("disjoint")
    expect(words(rows)).toEqual(["day 0:wonderful>terrible", "day 0:good>terrible", "day 1:good>wooden"])
    expect(rows.map(({ policy_key }) => policy_key)).toEqual([null, null, null])
  })

  test("all: every one of one with every one of the other, and none of its own", async () => {
    expect(await pairsOf("all")).toHaveLength(3 * 2 + 1)
    expect((await pairsOf("untied")).map(({ prompt }) => prompt)).toEqual(["day 0", "day 1"])
  })

  test("exchanged are the same pairs with the same labels", async () => {
    const unordered = (rows: Awaited<ReturnType<typeof pairsOf>>) => words(rows.filter(({ tie }) => !tie)).sort()
    expect(unordered(await pairsOf("all", two, one))).toEqual(unordered(await pairsOf("all")))
  })

  test("are refused where the prompts are not the same, wherever they differ", async () => {
    const longer = answers([[better], [other], [good]], "two")
    const elsewhere = answers([[better], [other]], "two", 1)
    for (const [opponents, prompt] of [
      [longer, 2],
      [elsewhere, 0],
      [answers([[better]], "two"), 1],
    ] as const) {
      await expect(pairsOf("disjoint", one, opponents)).rejects.toMatchObject({ tag: "UnlikePrompts", details: { prompt } })
    }
  })
})

describe("relabelling", () => {
  const stream = [
    preferenceRow(7, "The day", bad, good, { step: 3, position: 1, source: "proxy", judge_key: "proxy", p_chosen: 0.7 }),
    preferenceRow(8, "The day", plain, other, { step: 3, position: 2, source: "proxy" }),
    preferenceRow(9, "The day", better, bad, { step: 4, position: 0, source: "proxy", chosen_token_ids: Int32Array.of(1, 2) }),
  ]
  const relabelled = async (parameters: { readonly ties?: "mark" | "drop" }) =>
    (await runStage(relabel, { preferences: new MemoryTable(preferences, stream), judge: goldJudge }, parameters)).preferences.read()

  test("keeps the order, the ids and the places in the stream, and exchanges labels", async () => {
    const rows = await relabelled({})
    expect(rows.map(({ pair_id, step, position }) => [pair_id, step, position])).toEqual([
      [7, 3, 1],
      [8, 3, 2],
      [9, 4, 0],
    ])
    expect(rows.map(({ chosen, rejected, tie }) => [chosen, rejected, tie])).toEqual([
      [good, bad, false],
      [plain, other, true],
      [better, bad, false],
    ])
    expect(rows.map(({ source, judge_key, p_chosen }) => [source, judge_key, p_chosen])).toEqual([
      ["gold", goldJudge.digest, 1],
      ["gold", goldJudge.digest, 0.5],
      ["gold", goldJudge.digest, 1],
    ])
    expect(rows[2]?.chosen_token_ids).toEqual(Int32Array.of(1, 2))
  })

  test("twice by one judge is once", async () => {
    const once = await runStage(relabel, { preferences: new MemoryTable(preferences, stream), judge: goldJudge }, {})
    const twice = await runStage(relabel, { preferences: once.preferences, judge: goldJudge }, {})
    expect(twice.preferences.digest).toBe(once.preferences.digest)
  })

  test("may drop ties, and keeps where the others stood", async () => {
    expect((await relabelled({ ties: "drop" })).map(({ pair_id, position }) => [pair_id, position])).toEqual([
      [7, 1],
      [9, 0],
    ])
  })
})

describe("simulated annotators", async () => {
  const { judge } = await runStage(annotators, { ratings: await shippedTable("sentiment/ratings.parquet", ratings) }, { seed: 1 })
  const gold = await readJudge(judge, oneThread)
  const pairs = Array.from({ length: 400 }, (_, index) => ({ prompt: `Day ${index}`, first: " was good.", second: " was nice." }))

  test("disagree where people did, and not where all agree", async () => {
    const close = (await gold.compare(pairs)).map(({ outcome }) => outcome)
    expect(new Set(close)).toEqual(new Set([0, 0.5, 1]))
    expect(Math.abs(close.reduce<number>((sum, outcome) => sum + outcome, 0) / close.length - 0.5)).toBeLessThan(0.4)
    const clear = await gold.compare(pairs.map(({ prompt }) => ({ prompt, first: " was wonderful", second: " was horrible" })))
    expect(clear.every(({ outcome }) => outcome === 1)).toBe(true)
  })

  test("say the same of the two responses in the other order, and again", async () => {
    const verdicts = await gold.compare(pairs)
    const exchanged = await gold.compare(pairs.map(({ prompt, first, second }) => ({ prompt, first: second, second: first })))
    expect(exchanged.map(({ outcome }) => 1 - outcome)).toEqual(verdicts.map(({ outcome }) => outcome))
    expect(await gold.compare(pairs.slice(7, 90))).toEqual(verdicts.slice(7, 90))
  })

  test("are refused where their ratings are missing or none", async () => {
    await expect(readJudge(judge.with({ "ratings.json": undefined }), oneThread)).rejects.toMatchObject({ tag: "JudgeFiles" })
    const odd = new MemoryTable(ratings, [{ term: "good", mean: 1.9, ratings: Int32Array.of(2, 9) }])
    await expect(runStage(annotators, { ratings: odd }, { seed: 1 })).rejects.toMatchObject({ tag: "Ratings", details: { term: "good" } })
  })
})

describe("other golds of sentiment", () => {
  const judged = async (scorer: Parameters<typeof judgeFiles>[0], first: string, second: string) =>
    (await (await readJudge(judgeFiles(scorer), oneThread)).compare([{ prompt: "It was", first, second }]))[0]

  test("valence per word does not grow with length", async () => {
    expect((await judged(valencePerWord, " good", " good and it was on the way there"))?.outcome).toBe(1)
    expect((await judged(vader, " good", " good and it was on the way there"))?.outcome).toBe(0.5)
    // VADER: 1.9 of "good" over three words.
    expect((await judged(valencePerWord, " good", " bad"))?.scores?.[0]).toBeCloseTo(1.9 / 3, 3)
  })

  test("the independent scorer knows good from bad, and neither from nothing", async () => {
    expect((await judged(winkSentiment, " wonderful", " terrible"))?.outcome).toBe(1)
    expect((await judged(winkSentiment, " green", " wooden"))?.outcome).toBe(0.5)
  })
})
