/**
 * Gold judges that are fitted: what a machine makes of human text for comparison, and what is
 * learned from it.
 */

import { describe, expect, test } from "vitest"
import { demonstrations } from "../../../data/schema/index.ts"
import { bradleyTerry } from "../../../learning/judge/bradley-terry.stage.ts"
import { goldenClassifier } from "../../../learning/judge/golden-classifier.stage.ts"
import { areaUnderCurve } from "../../../learning/judge/golden-classifier.ts"
import { featuresOf } from "../../../learning/judge/linear/features.ts"
import { readJudge } from "../../../learning/judge/read.ts"
import { contrastKinds, contrasts } from "../../../learning/preferences/contrasts.stage.ts"
import { MemoryTable } from "../support/memory.ts"
import { shippedText } from "../support/shipped.ts"
import { oneThread, runStage } from "../support/stage.ts"

const demonstrationRows = (texts: ReadonlyArray<readonly [string, string]>, split = "train", kind = "answer") =>
  texts.map(([prompt, response], text_id) => ({ text_id, text: prompt + response, kind, split, response_start: prompt.length }))

const compared = async (
  texts: ReadonlyArray<readonly [string, string]>,
  parameters: { readonly kinds: readonly [(typeof contrastKinds)[number]]; readonly seed?: number; readonly limit?: number },
) =>
  (
    await runStage(contrasts, { text: new MemoryTable(demonstrations, demonstrationRows(texts)) }, { seed: 1, ...parameters })
  ).preferences.read()

describe("a contrast", () => {
  const texts = [
    ["the first thing to tell =>", " one two three four"],
    ["the second thing to tell =>", " five six seven"],
    ["the third =>", " eight nine ten"],
  ] as const

  test("is to the same prompt, and what somebody wrote is chosen", async () => {
    for (const kind of contrastKinds) {
      const rows = await compared(texts, { kinds: [kind] })
      expect(rows.length).toBeGreaterThan(0)
      for (const { prompt, chosen, rejected, source, tie } of rows) {
        expect(texts.some(([own, response]) => own === prompt && response === chosen)).toBe(true)
        expect(rejected).toMatch(/^ \S/)
        expect(rejected).not.toBe(chosen)
        expect([source, tie]).toEqual([`contrast ${kind}`, false])
      }
    }
  })

  test("is what its kind says", async () => {
    const rejected = async (kind: (typeof contrastKinds)[number]) =>
      (await compared(texts, { kinds: [kind] })).map((row) => [row.prompt, row.chosen, row.rejected] as const)
    for (const [prompt, , worse] of await rejected("other")) expect(texts.find(([, response]) => response === worse)?.[0]).not.toBe(prompt)
    for (const [, own, worse] of await rejected("shuffled")) expect(worse.split(" ").sort()).toEqual(own.split(" ").sort())
    for (const [, own, worse] of await rejected("truncated")) {
      expect(own.startsWith(worse)).toBe(true)
      expect(worse.split(" ").length - 1).toBeLessThanOrEqual((2 / 3) * (own.split(" ").length - 1))
    }
    for (const [, own, worse] of await rejected("extended")) {
      expect(worse.startsWith(`${own} `)).toBe(true)
      expect(worse.split(" ").length).toBeGreaterThan(own.split(" ").length)
    }
    const spans = await rejected("span")
    for (const [prompt, own, worse] of spans) {
      expect(` ${prompt.replace(" =>", "")} `).toContain(`${worse} `)
      expect(worse.split(" ")).toHaveLength(own.split(" ").length)
    }
    // The third prompt has too few words.
    expect(spans).toHaveLength(2)
  })

  test("is the same for one seed, another for another, and drawn from all passages where they are limited", async () => {
    const many = Array.from({ length: 200 }, (_, index) => [`prompt ${index}:`, ` a b c d e ${index}`] as const)
    const [one, again, other] = [
      await compared(many, { kinds: ["shuffled"], limit: 20 }),
      await compared(many, { kinds: ["shuffled"], limit: 20 }),
      await compared(many, { kinds: ["shuffled"], limit: 20, seed: 2 }),
    ]
    expect(again).toEqual(one)
    expect(other).not.toEqual(one)
    expect(one.some(({ prompt }) => Number(prompt.slice(7, -1)) > 100)).toBe(true)
    expect(one.map(({ pair_id }) => pair_id)).toEqual(one.map((_, index) => index))
  })

  test("is refused where there is nothing to make it of", async () => {
    await expect(compared([["a:", " b"]], { kinds: ["other"] })).rejects.toMatchObject({ tag: "TooLittleData" })
    const same = [
      ["a:", " b"],
      ["c:", " d"],
    ] as const
    await expect(compared(same, { kinds: ["shuffled"] })).rejects.toMatchObject({ tag: "NoPairs" })
  })
})

describe.each([
  [
    "tldr",
    { "contrast other": 0.8, "contrast shuffled": 0.85, "contrast span": 0.75, "contrast truncated": 0.85, "contrast extended": 0.85 },
  ],
  ["define", { "contrast other": 0.65, "contrast shuffled": 0.8, "contrast truncated": 0.8, "contrast extended": 0.85 }],
] as const)("the Bradley–Terry model of %s", async (task, floors) => {
  const text = await shippedText(task)
  const kinds = Object.keys(floors).map((source) => source.replace("contrast ", "")) as unknown as ["other"]
  const pairsOf = async (split: "train" | "test", limit: number) =>
    (await runStage(contrasts, { text }, { seed: 3, split, kinds, limit })).preferences
  const heldOut = await pairsOf("test", 500)
  const { judge } = await runStage(bradleyTerry, { preferences: await pairsOf("train", 5000), heldOut }, { seed: 1 })

  test("prefers what people wrote, on sources or words that it never saw", async () => {
    const { held_out } = (await judge.json("judge.json")) as { readonly held_out: Record<string, { readonly accuracy: number }> }
    for (const [source, floor] of Object.entries(floors)) expect(held_out[source]?.accuracy, source).toBeGreaterThan(floor)
  })

  test("says of itself what it does", async () => {
    const gold = await readJudge(judge, oneThread)
    const pairs = await heldOut.read()
    const verdicts = await gold.compare(pairs.map(({ prompt, chosen, rejected }) => ({ prompt, first: chosen, second: rejected })))
    const { held_out } = (await judge.json("judge.json")) as { readonly held_out: Record<string, { readonly accuracy: number }> }
    for (const source of Object.keys(floors)) {
      const own = verdicts.filter((_, index) => pairs[index]?.source === source)
      expect(own.reduce((sum, { outcome }) => sum + outcome, 0) / own.length).toBeCloseTo(held_out[source]?.accuracy as number, 10)
    }
    expect(gold.source).toBe("gold")
    for (const { outcome, probability } of verdicts) expect(Math.sign((probability as number) - 0.5)).toBe(Math.sign(outcome - 0.5))
  })
})

test("a judge of words does not count one twice: repeating gains nothing", () => {
  const [once, twice] = ["a good good day", "a good good good good day"].map((text) => [...featuresOf("bag", "", text)].sort())
  expect(twice).toEqual(once)
})

describe("the classifier of ham", () => {
  test("tells ham from spam on lines that it never saw", async () => {
    const { judge } = await runStage(goldenClassifier, { text: await shippedText("ham") }, { positive: "ham", seed: 1 })
    const { held_out } = (await judge.json("judge.json")) as { readonly held_out: { readonly area_under_curve: number } }
    expect(held_out.area_under_curve).toBeGreaterThan(0.9)
    const gold = await readJudge(judge, oneThread)
    const [one, other] = await gold.compare([
      { prompt: "Free", first: " software for linux", second: " money!!! Click now" },
      { prompt: "Free", first: " money!!! Click now", second: " software for linux" },
    ])
    expect([one?.outcome, other?.outcome]).toEqual([1, 0])
  })

  test("is refused where all lines are of one kind", async () => {
    const text = new MemoryTable(demonstrations, demonstrationRows([["a", " b c"]], "train", "ham"))
    for (const positive of ["ham", "spam"]) {
      await expect(runStage(goldenClassifier, { text }, { positive, seed: 1 })).rejects.toMatchObject({ tag: "OneClass" })
    }
  })

  test("is measured by the share of pairs of ham and spam that it orders, ties half", () => {
    const scored = (positives: ReadonlyArray<number>, negatives: ReadonlyArray<number>) => [
      ...positives.map((score) => ({ score, positive: true })),
      ...negatives.map((score) => ({ score, positive: false })),
    ]
    expect(areaUnderCurve(scored([3, 2], [1, 0]))).toBe(1)
    expect(areaUnderCurve(scored([0, 0], [0, 0, 0]))).toBe(0.5)
    expect(areaUnderCurve(scored([3, 1], [2, 1]))).toBe((2 + 0.5) / 4)
    expect(areaUnderCurve(scored([1], []))).toBeNull()
  })
})

test("a linear judge without its weights, or with others, is refused", async () => {
  const { judge } = await runStage(goldenClassifier, { text: await shippedText("ham") }, { positive: "ham", seed: 1, epochs: 1 })
  for (const missing of ["judge.json", "model.safetensors"])
    await expect(readJudge(judge.with({ [missing]: undefined }), oneThread)).rejects.toMatchObject({ tag: "JudgeFiles" })
  const cut = judge.with({ "model.safetensors": (await judge.read("model.safetensors")).slice(0, 4000) })
  await expect(readJudge(cut, oneThread)).rejects.toThrow(/truncated/)
})
