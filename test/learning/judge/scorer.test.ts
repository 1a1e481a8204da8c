import { Schema } from "effect"
import { describe, expect, test } from "vitest"
import { GoldJudge, ProxyJudge } from "../../../learning/artifacts.ts"
import type { TextPair } from "../../../learning/judge/judge.ts"
import { judgeBy } from "../../../learning/judge/judge-by.ts"
import { readJudge } from "../../../learning/judge/read.ts"
import { type ScorerContext, type Scoring, scorer, type TextResponse } from "../../../learning/judge/scorer.ts"
import { MemoryFiles } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { judgeFiles } from "../support/toy.ts"

const pair = (first: string, second: string): TextPair => ({ prompt: "It is", first, second })
const pairs = [pair(" a", " bcd"), pair(" bcd", " a"), pair(" xy", " yz")]
const byLength = (responses: ReadonlyArray<TextResponse>) => responses.map(({ response }) => response.length)

describe("a scorer of responses", () => {
  test.each<[string, Scoring]>([
    ["at once", { score: byLength }],
    ["later", { score: async (responses) => byLength(responses) }],
    ["one by one", { score: byLength, batchSize: 1 }],
    ["as a typed array", { score: (responses) => Float64Array.from(byLength(responses)) as never }],
  ])("that answers %s prefers the higher score, and equal scores tie", async (_, scoring) => {
    expect(await judgeBy("length", scoring).compare(pairs)).toEqual([
      { outcome: 0, probability: 0, scores: [2, 4] },
      { outcome: 1, probability: 1, scores: [4, 2] },
      { outcome: 0.5, probability: 0.5, scores: [3, 3] },
    ])
  })

  test("is asked once for each text, in batches no larger than it takes", async () => {
    const asked: Array<ReadonlyArray<string>> = []
    const score = (responses: ReadonlyArray<TextResponse>) => {
      asked.push(responses.map(({ prompt, response }) => prompt + response))
      return byLength(responses)
    }
    const { compare } = judgeBy("length", { score, batchSize: 3 })
    const first = await compare(pairs)
    expect(asked).toEqual([["It is a", "It is bcd", "It is xy"], ["It is yz"]])
    expect(await compare([...pairs].reverse())).toEqual([...first].reverse())
    expect(asked).toHaveLength(2)
    await compare([{ prompt: "It", first: " is a", second: " is b" }])
    expect(asked.at(-1)).toEqual(["It is a", "It is b"])
  })

  test("has a probability where its scores are calibrated", async () => {
    const verdicts = await judgeBy("length", { score: byLength, probability: (difference) => (difference + 10) / 20 }).compare(pairs)
    expect(verdicts.map(({ probability }) => probability)).toEqual([0.4, 0.6, 0.5])
  })
})

describe("a scorer of pairs", () => {
  const first = (all: ReadonlyArray<TextPair>) => all.map(() => 0.9)

  test("is asked in both orders, and what it says of a place alone is a tie", async () => {
    expect(await judgeBy("first", { compare: first }).compare(pairs)).toEqual(
      pairs.map(() => ({ outcome: 0.5, probability: 0.5, scores: null })),
    )
    const longer = (all: ReadonlyArray<TextPair>) => all.map((each) => (each.first.length > each.second.length ? 0.8 : 0.3))
    const verdicts = await judgeBy("longer", { compare: longer }).compare(pairs)
    expect(verdicts.map(({ outcome }) => outcome)).toEqual([0, 1, 0.5])
    expect(verdicts[0]?.probability).toBeCloseTo((0.3 + 1 - 0.8) / 2)
  })

  test("is asked in one order where it says that it is symmetric", async () => {
    let asked = 0
    const compare = (all: ReadonlyArray<TextPair>) => {
      asked += all.length
      return all.map((each) => Math.sign(each.first.length - each.second.length) / 2 + 0.5)
    }
    const verdicts = await judgeBy("longer", { compare, isSymmetric: true }).compare(pairs)
    expect([asked, verdicts.map(({ outcome }) => outcome)]).toEqual([3, [0, 1, 0.5]])
  })

  test("may give whole verdicts", async () => {
    const verdict = { outcome: 1, probability: 0.7, scores: [3, 1] } as const
    expect(await judgeBy("sure", { compare: (all) => all.map(() => verdict), isSymmetric: true }).compare([pair("a", "b")])).toEqual([
      verdict,
    ])
  })
})

describe("an answer that cannot be used is refused, with the scorer's name", () => {
  test.each<[string, unknown, RegExp]>([
    ["too few", { score: () => [1] }, /scorer mine was given 2 responses and returned 1 answers/],
    ["too many", { compare: () => [1, 1, 1] }, /scorer mine was given 2 pairs and returned 3 answers/],
    ["not a list", { score: () => 3 }, /returned 3, which is not a list/],
    ["nothing", { score: () => undefined }, /returned undefined, which is not a list/],
    [
      "not a number",
      { score: () => [Number.NaN, 1] },
      /the score of a response is NaN: expected a finite number \(the prompt is "It is"\)/,
    ],
    ["infinite", { score: () => [Number.POSITIVE_INFINITY, 1] }, /is Infinity/],
    ["text", { score: () => ["7", 1] }, /is "7"/],
    ["no probability", { compare: () => [1.5, 0] }, /the answer for a pair is 1\.5: expected a number from 0 to 1/],
    ["no verdict", { compare: () => [{ outcome: 2 }, 0] }, /the answer for a pair is \{"outcome":2\}/],
    ["no function", { rate: () => [] }, /neither \{ score \} nor \{ compare \}/],
  ])("%s", async (_, scoring, message) => {
    const judge = async () => judgeBy("mine", scoring as Scoring).compare([pair(" a", " b")])
    await expect(judge()).rejects.toMatchObject({ tag: "ScorerAnswer", message: expect.stringMatching(message) })
  })
})

/** What the stage of a scorer makes. */
const judgeOf = async (made: object, inputs: object, parameters: object): Promise<MemoryFiles> =>
  ((await runStage(made as never, inputs as never, parameters as never)) as { readonly judge: MemoryFiles }).judge

/** Its modules are this one's: a scorer's implementation is found by what it returns. */
const inner = scorer({ name: "inner", judge: ProxyJudge, run: async () => ({ run: () => ({ score: byLength }) }) })
const ensembleRun = async ({
  inputs,
  parameters,
  engine,
}: ScorerContext<{ readonly weight: number }, Record<"one" | "other", unknown>>): Promise<Scoring> => {
  const [one, other] = [await readJudge(inputs.one, engine), await readJudge(inputs.other, engine)]
  return {
    compare: async (all) => {
      const [some, others] = [await one.compare(all), await other.compare(all)]
      return all.map(
        (_, index) => parameters.weight * (some[index]?.outcome ?? 0) + (1 - parameters.weight) * (others[index]?.outcome ?? 0),
      )
    },
  }
}
const ensemble = scorer({
  name: "ensemble",
  judge: ProxyJudge,
  inputs: { one: ProxyJudge, other: GoldJudge },
  parameters: { weight: Schema.Finite },
  run: async () => ({ run: ensembleRun }),
})

test("a judge made of judges finds each in its folder, with its own scorer", async () => {
  const opposite = scorer({
    name: "opposite",
    judge: GoldJudge,
    run: async () => ({ run: () => ({ score: (all: ReadonlyArray<TextResponse>) => byLength(all).map((length) => -length) }) }),
  })
  const parts = { one: await judgeOf(inner, {}, {}), other: judgeFiles(opposite) }
  const judge = await judgeOf(ensemble, parts, { weight: 0.75 })
  expect(judge.names).toEqual(["one/judge.json", "other/judge.json", "judge.json"])
  expect(await judge.json("judge.json")).toEqual({
    judge: "proxy",
    scorer: "ensemble",
    parameters: { weight: 0.75 },
    inputs: ["one", "other"],
  })
  const read = await readJudge(judge, oneThread)
  expect(read.source).toBe("proxy")
  expect((await read.compare(pairs)).map(({ probability }) => probability)).toEqual([0.25, 0.75, 0.5])
})

test("a folder without a plugin is not a judge, whatever it says", async () => {
  const described = new MemoryFiles({ "judge.json": '{"judge":"gold","scorer":"x","parameters":{},"inputs":[]}' })
  await expect(readJudge(described, oneThread)).rejects.toThrow(/no plugin/)
})
