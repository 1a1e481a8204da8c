import { describe, expect, test } from "vitest"
import { text as columns } from "../../../data/schema/index.ts"
import { readPolicy } from "../../../learning/policy/files.ts"
import { sft } from "../../../learning/train/sft.stage.ts"
import { MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"
import { sentences, textRows } from "../support/toy.ts"

const texts = sentences(360)
const corpus = new MemoryTable(columns, [...textRows(texts.slice(0, 300)), ...textRows(texts.slice(300), "test")])
const parameters = { size: "small", steps: 60, seed: 1, batchSize: 16, vocabulary: 300, context: 24 } as const

const trained = (changes: Partial<Pick<Parameters<typeof sft>[0], "steps" | "seed" | "batchSize" | "weightDecay">> = {}, from = corpus) =>
  runStage(sft, { corpus: from }, { ...parameters, ...changes })

interface TrainerState {
  readonly log_history: ReadonlyArray<{ readonly step: number; readonly loss?: number; readonly eval_loss?: number }>
}

const { policy } = await trained()
const { log_history } = (await policy.json("trainer_state.json")) as TrainerState
const { tokenizer, configuration } = await readPolicy(policy)

describe("supervised fine-tuning", () => {
  test("learns more of held-out text than how often each token occurs", () => {
    const counts = new Map<number, number>()
    for (const text of texts)
      for (const token of [...tokenizer.encode(text), tokenizer.endOfText]) counts.set(token, (counts.get(token) ?? 0) + 1)
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
    const entropy = [...counts.values()].reduce((sum, count) => sum - (count / total) * Math.log(count / total), 0)
    const losses = log_history.flatMap(({ loss }) => loss ?? [])
    expect(entropy).toBeGreaterThan(2.5)
    expect(losses.at(-1)).toBeLessThan(0.6 * entropy)
    expect(losses[0]).toBeGreaterThan(1.5 * (losses.at(-1) as number))
    const evaluated = log_history.at(-1)?.eval_loss as number
    expect(evaluated).toBeLessThan(0.7 * entropy)
    // Four choices among six, the rest is grammar: no policy can do better.
    const tokens = total / texts.length
    expect(evaluated).toBeGreaterThan((0.95 * 4 * Math.log(6)) / tokens)
  })

  test("begins at the entropy of knowing nothing", async () => {
    const { policy: first } = await trained({ steps: 1 })
    const state = (await first.json("trainer_state.json")) as TrainerState
    expect(state.log_history[0]?.loss).toBeCloseTo(Math.log(configuration.vocabulary), 0)
  })

  test("gives a policy of the asked-for shape", () => {
    expect(configuration).toMatchObject({ width: 64, layers: 2, heads: 2, context: 24, vocabulary: 300 })
  })

  test("goes on from a base, with its tokenizer and its shape", async () => {
    const more = async (steps: number) =>
      (await runStage(sft, { corpus, base: policy }, { steps, seed: 2, batchSize: 16, learningRate: 1e-4 })).policy
    const next = await more(1)
    const read = await readPolicy(next)
    expect(read.configuration.config).toEqual(configuration.config)
    expect(await next.read("tokenizer.json")).toEqual(await policy.read("tokenizer.json"))
    const { parameters: before } = await readPolicy(policy)
    // One step of Adam goes as far as its learning rate.
    for (const [name, values] of Object.entries(before)) {
      const furthest = values.reduce(
        (most, value, place) => Math.max(most, Math.abs(value - (read.parameters[name]?.[place] as number))),
        0,
      )
      expect(furthest, name).toBeLessThan(1.1e-4)
    }
    const lossOf = async (of: typeof policy) =>
      ((await of.json("trainer_state.json")) as TrainerState).log_history.at(-1)?.eval_loss as number
    expect(await lossOf(await more(40))).toBeLessThan(await lossOf(policy))
  })

  test("is the same twice for one seed, and another for another", async () => {
    const [one, again, other] = [await trained({ steps: 3 }), await trained({ steps: 3 }), await trained({ steps: 3, seed: 2 })]
    expect(again.policy.digest).toBe(one.policy.digest)
    expect(other.policy.digest).not.toBe(one.policy.digest)
  })

  test("with weight decay ends with smaller matrices", async () => {
    const sizeOf = async (weightDecay: number) => {
      const { parameters: learned } = await readPolicy((await trained({ steps: 20, weightDecay })).policy)
      return (learned["transformer.wte.weight"] as Float32Array).reduce((sum, weight) => sum + weight ** 2, 0)
    }
    expect(await sizeOf(1)).toBeLessThan(0.98 * (await sizeOf(0)))
  })

  test("never reads the text that is held out", async () => {
    const other = [
      ...textRows(texts.slice(0, 300)),
      ...textRows(
        sentences(20).map((each) => `${each} !`),
        "test",
      ),
    ]
    const [one, two] = [await trained({ steps: 2 }), await trained({ steps: 2 }, new MemoryTable(columns, other))]
    expect(await two.policy.read("model.safetensors")).toEqual(await one.policy.read("model.safetensors"))
    expect(await two.policy.read("tokenizer.json")).toEqual(await one.policy.read("tokenizer.json"))
  })

  test("trains on every passage, the longest too, where the batch does not divide them", async () => {
    const long = "q w e r t z u i o p a s d f g h j k l"
    const rows = [...textRows([..."12345678", long]), ...textRows([long], "test")]
    const { policy: after } = await trained({ steps: 120, batchSize: 8 }, new MemoryTable(columns, rows))
    const state = (await after.json("trainer_state.json")) as TrainerState
    expect(state.log_history.at(-1)?.eval_loss).toBeLessThan(1)
  })

  test("is refused where the text is less than a batch, or none", async () => {
    await expect(trained({}, new MemoryTable(columns, textRows(texts.slice(0, 15))))).rejects.toMatchObject({
      tag: "TooLittleData",
      details: { passages: 15, batchSize: 16 },
    })
    await expect(trained({}, new MemoryTable(columns))).rejects.toMatchObject({ tag: "TooLittleData", details: { passages: 0 } })
    await expect(trained({}, new MemoryTable(columns, textRows(texts, "test")))).rejects.toMatchObject({ tag: "TooLittleData" })
  })

  test("takes passages that are longer than its context, or empty", async () => {
    const rows = textRows([...texts.slice(0, 20), "long ".repeat(200), "", "a"])
    expect((await trained({ steps: 2 }, new MemoryTable(columns, rows))).policy.names).toContain("model.safetensors")
  })
})
