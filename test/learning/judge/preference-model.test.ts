import { describe, expect, test } from "vitest"
import { preferences as columns } from "../../../data/schema/index.ts"
import { agreement } from "../../../learning/evaluate/agreement.stage.ts"
import type { TextPair } from "../../../learning/judge/judge.ts"
import { goldenPreferenceModel, preferenceModel } from "../../../learning/judge/preference-model.stage.ts"
import { preferenceModelJudge, readPreferenceModel } from "../../../learning/judge/preference-model.ts"
import { readJudge } from "../../../learning/judge/read.ts"
import { packPairs, tokenizePair } from "../../../learning/judge/tokenize-pairs.ts"
import { MemoryTable } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { easyPreferences, preferenceRow, prompts36, tinyPolicy, tinyPolicyFiles, tokenizer } from "../support/toy.ts"

const learned = (rows: ReturnType<typeof easyPreferences>, changes = {}) =>
  runStage(
    preferenceModel,
    { preferences: new MemoryTable(columns, rows), base: undefined },
    { steps: 60, seed: 1, batchSize: 16, vocabulary: 300, context: 48, learningRate: 1e-3, ...changes },
  )

const { judge: easy } = await learned(easyPreferences(240))

interface TrainerState {
  readonly log_history: ReadonlyArray<Readonly<Record<string, number>>>
}

describe("a preference model", () => {
  test("learns an easy preference, and says how well on prompts it never saw", async () => {
    const { log_history } = (await easy.json("trainer_state.json")) as TrainerState
    const last = log_history.at(-1)
    expect(last?.eval_accuracy).toBeGreaterThan(0.8)
    expect(last?.eval_baseline_accuracy).toBeGreaterThan(0.8)
    expect(last?.eval_pairs).toBeGreaterThan(5)
    expect(log_history[0]?.loss).toBeGreaterThan(2 * (log_history.at(-2)?.loss as number))
  })

  test("judges responses that it was not trained on as it was taught", async () => {
    const proxy = await readJudge(easy, oneThread)
    const pairs = prompts36.flatMap((prompt) => [
      { prompt, first: " a happy table", second: " a terrible table" },
      { prompt, first: " a sad song", second: " a wonderful song" },
    ])
    const verdicts = await proxy.compare(pairs)
    const right = verdicts.filter(({ outcome }, index) => outcome === (index % 2 === 0 ? 1 : 0)).length
    expect(right / verdicts.length).toBeGreaterThan(0.8)
    expect(proxy).toMatchObject({ source: "proxy", key: easy.digest })
    for (const { outcome, probability } of verdicts) expect(Math.sign((probability as number) - 0.5)).toBe(Math.sign(outcome - 0.5))
  })

  test("is the same twice for one seed, and another for another", async () => {
    const rows = easyPreferences(60)
    const [one, again, other] = [
      await learned(rows, { steps: 3 }),
      await learned(rows, { steps: 3 }),
      await learned(rows, { steps: 3, seed: 2 }),
    ]
    expect(again.judge.digest).toBe(one.judge.digest)
    expect(other.judge.digest).not.toBe(one.judge.digest)
  })

  test("starts from a policy where it is given one, with that policy's tokenizer and shape", async () => {
    const base = await tinyPolicyFiles(3)
    const { judge } = await runStage(
      preferenceModel,
      { preferences: new MemoryTable(columns, easyPreferences(60)), base },
      { steps: 1, seed: 1, batchSize: 8, learningRate: 1e-4 },
    )
    const model = await readPreferenceModel(judge)
    expect(model.configuration.config).toEqual(tinyPolicy(3).configuration.config)
    expect(await judge.read("tokenizer.json")).toEqual(await base.read("tokenizer.json"))
    // One step of Adam goes as far as its learning rate.
    const [before, after] = [tinyPolicy(3).parameters, model.parameters]
    for (const [name, values] of Object.entries(before)) {
      const furthest = values.reduce((most, value, place) => Math.max(most, Math.abs(value - (after[name]?.[place] as number))), 0)
      expect(furthest, name).toBeLessThan(1.1e-4)
    }
  })

  test("is written so that transformers scores its last token: an end-of-text, which is no padding", async () => {
    expect(await easy.json("config.json")).toMatchObject({
      architectures: ["GPT2ForSequenceClassification"],
      num_labels: 1,
      pad_token_id: null,
    })
  })

  test("is not trained on ties, and refused where too few pairs are left", async () => {
    const ties = easyPreferences(60).map((row) => ({ ...row, tie: true }))
    await expect(learned(ties)).rejects.toMatchObject({ tag: "TooLittleData", details: { pairs: 0, batchSize: 16 } })
    await expect(learned([])).rejects.toMatchObject({ tag: "TooLittleData" })
    const [some, more] = [easyPreferences(60), [...easyPreferences(60), ...ties.slice(0, 5).map((row) => ({ ...row, prompt: "not seen" }))]]
    // Its record counts the ties, and its weights know nothing of them.
    const [withTies, without] = [await learned(more, { steps: 2 }), await learned(some, { steps: 2 })]
    expect(await withTies.judge.read("model.safetensors")).toEqual(await without.judge.read("model.safetensors"))
  })

  test("can be trained on text alone, of any script", async () => {
    const rows = easyPreferences(20).map((row, index) => preferenceRow(index, "Перед", ` ${row.chosen} 😀`, " 中文"))
    const more = rows.map((row, index) => ({ ...row, prompt: `prompt ${index}` }))
    expect((await learned(more, { steps: 2, batchSize: 4 })).judge.names).toContain("model.safetensors")
  })
})

describe("a reward model", async () => {
  const { judge } = await learned(easyPreferences(120), { form: "pointwise" })

  test("scores responses one by one, by what it was taught, and orders pairs by the scores", async () => {
    const proxy = await readJudge(judge, oneThread)
    const pairs = prompts36.map((prompt) => ({ prompt, first: " a happy table", second: " a terrible table" }))
    const verdicts = await proxy.compare(pairs)
    expect(verdicts.filter(({ outcome }) => outcome === 1).length / verdicts.length).toBeGreaterThan(0.8)
    const exchanged = await proxy.compare(pairs.map(({ prompt, first, second }) => ({ prompt, first: second, second: first })))
    for (const [index, { outcome, probability, scores }] of verdicts.entries()) {
      expect(exchanged[index]).toMatchObject({ outcome: 1 - outcome, scores: scores?.toReversed() })
      const margin = (scores?.[0] as number) - (scores?.[1] as number)
      expect(probability).toBeCloseTo(1 / (1 + Math.exp(-margin)), 12)
    }
    // The score of a response does not depend on the other one.
    const beside = await proxy.compare(pairs.map(({ prompt, first }) => ({ prompt, first, second: " a song" })))
    for (const [index, { scores }] of beside.entries()) expect(scores?.[0]).toBeCloseTo(verdicts[index]?.scores?.[0] as number, 4)
  })

  test("of a form that is not known is refused", async () => {
    const odd = JSON.stringify({ ...((await judge.json("config.json")) as object), preference_form: "listwise" })
    await expect(readJudge(judge.with({ "config.json": odd }), oneThread)).rejects.toMatchObject({
      tag: "JudgeFiles",
      message: expect.stringContaining("pairwise, pointwise"),
    })
  })
})

describe("a golden preference model", async () => {
  const preferences = new MemoryTable(columns, easyPreferences(120))
  const { judge } = await runStage(
    goldenPreferenceModel,
    { preferences },
    { steps: 60, seed: 1, batchSize: 16, vocabulary: 300, context: 48, learningRate: 1e-3, size: "small" },
  )

  test("is the preference model of the same pairs, as gold", async () => {
    const { judge: proxy } = await learned(easyPreferences(120))
    expect(await judge.read("model.safetensors")).toEqual(await proxy.read("model.safetensors"))
    const gold = await readJudge(judge, oneThread)
    expect(gold).toMatchObject({ source: "gold", key: judge.digest })
    const pairs = [{ prompt: "the man had", first: " a happy table", second: " a terrible table" }]
    expect(await gold.compare(pairs)).toEqual(await (await readJudge(proxy, oneThread)).compare(pairs))
  })

  test("agrees with labels as it says, beside a bag of words", async () => {
    const { metrics } = await runStage(agreement, { judge, preferences, baseline: preferences }, {})
    const values = Object.fromEntries((await metrics.read()).map(({ name, value }) => [name, value]))
    expect(values).toMatchObject({ pairs: 120, tie_share: 0 })
    expect(values.accuracy).toBeGreaterThan(0.8)
    expect(values.baseline_accuracy).toBe(1)
  })

  test("has no agreement with ties", async () => {
    const ties = new MemoryTable(
      columns,
      easyPreferences(3).map((row) => ({ ...row, tie: true })),
    )
    await expect(runStage(agreement, { judge, preferences: ties }, {})).rejects.toMatchObject({ tag: "NoPairs" })
  })
})

describe("a pair is read", () => {
  const { configuration, ...rest } = tinyPolicy(1)
  const model = { form: "pairwise" as const, configuration: { ...configuration, context: 24 }, ...rest }
  /** The rows that the model reads of one pair. */
  const read = (pair: TextPair, reader: Parameters<typeof packPairs>[0] = model) => {
    const { tokens, tokenAt, last } = packPairs(reader, [tokenizePair(reader, pair)]).values as Readonly<Record<string, Int32Array>>
    const length = (tokenAt as Int32Array).length / 2
    return [0, 1].map((row) => {
      const members = [...(tokenAt as Int32Array).subarray(row * length, (row + 1) * length)]
      return members.slice(0, members.indexOf(last?.[row] as number) + 1).map((place) => tokens?.[place])
    })
  }
  const end = tokenizer.endOfText
  const encode = (text: string) => [...tokenizer.encode(text)]
  const split = (tokens: ReadonlyArray<number | undefined> | undefined = []) => {
    const middle = tokens.indexOf(end, 1)
    return [tokens.slice(1, middle), tokens.slice(middle + 1, -1)] as const
  }

  test("as its prompt and both responses, in both orders, between ends of text, up to the last of which it is scored", () => {
    const [prompt, first, second] = ["the man", " had a day", " saw"]
    expect(read({ prompt, first, second })).toEqual([
      [end, ...encode(prompt), ...encode(first), end, ...encode(second), end],
      [end, ...encode(prompt), ...encode(second), end, ...encode(first), end],
    ])
  })

  test("response by response where it is scored so", () => {
    const [prompt, first, second] = ["the man", " had a day", " saw"]
    expect(read({ prompt, first, second }, { ...model, form: "pointwise" })).toEqual([
      [end, ...encode(prompt), ...encode(first), end],
      [end, ...encode(prompt), ...encode(second), end],
    ])
  })

  test("with a response that goes on within the prompt's last word, as the policy wrote it", () => {
    const empty = { prompt: "the wom", first: "an", second: "" }
    expect(read(empty)[0]).toEqual([end, ...encode("the wom"), ...encode("an"), end, end])
  })

  test("without the beginning of a prompt that leaves too little room, and never at the cost of a response", () => {
    const prompt = "the man saw a table and the woman had a song and the man had a house and a day"
    const [first, second] = [" a wonderful house", " saw"]
    const [one, other] = read({ prompt, first, second })
    const responses = [...encode(first), end, ...encode(second), end]
    expect(one).toHaveLength(24)
    expect(one?.slice(-responses.length)).toEqual(responses)
    const kept = one?.slice(1, -responses.length) ?? []
    expect(kept.length).toBeGreaterThan(0)
    expect(kept).toEqual(encode(prompt).slice(-kept.length))
    expect(other?.slice(1, 1 + kept.length)).toEqual(kept)
  })

  test("cut to the context at the ends of its longer response where the responses alone are too long, alike in both orders", () => {
    const long = " a wonderful wonderful wonderful wonderful wonderful wonderful wonderful house and a terrible table and a sad song"
    expect(encode(long).length).toBeGreaterThan(24)
    for (const [first, second] of [
      [long, " saw"],
      [long, long],
    ] as const) {
      const [one, other] = read({ prompt: "the man", first, second }, { ...model, configuration: { ...configuration, context: 25 } })
      expect(one).toHaveLength(25)
      expect(one?.at(-1)).toBe(end)
      expect(split(one)).toEqual(split(other).toReversed())
      expect(encode(long).slice(0, split(one)[0].length)).toEqual(split(one)[0])
      expect(split(one)[1].length).toBeGreaterThan(0)
    }
  })

  test("not by a model whose context has no room for two responses", () => {
    const short = { ...model, configuration: { ...configuration, context: 4 } }
    expect(() => read({ prompt: "the man", first: " had", second: " saw" }, short)).toThrow(/a context of 4 tokens has no room/)
    expect(
      read({ prompt: "the man", first: " had", second: " saw" }, { ...short, configuration: { ...configuration, context: 5 } }),
    ).toEqual([
      [end, encode(" had")[0], end, encode(" saw")[0], end],
      [end, encode(" saw")[0], end, encode(" had")[0], end],
    ])
  })

  test("not at all where there is none to compare", async () => {
    const preference = {
      ...model,
      parameters: { ...model.parameters, "score.weight": new Float32Array(16).fill(0.1) },
    }
    expect(await preferenceModelJudge(preference, oneThread).compare([])).toEqual([])
  })
})
