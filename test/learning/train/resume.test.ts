/**
 * A training that is killed and started again leaves what an undisturbed one leaves, bit for bit,
 * and does not do all of it again.
 */

import { describe, expect, test } from "vitest"
import { preferences, prompts, text } from "../../../data/schema/index.ts"
import { preferenceModel } from "../../../learning/judge/preference-model.stage.ts"
import { ipo } from "../../../learning/objective/losses.ts"
import { optimize } from "../../../learning/train/optimize.stage.ts"
import { optimizeOnline } from "../../../learning/train/optimize-online.stage.ts"
import { sft } from "../../../learning/train/sft.stage.ts"
import { MemoryFiles, MemoryTable } from "../support/memory.ts"
import { nothingSaved, oneThread, type ResumeOf, runStage } from "../support/stage.ts"
import { easyPreferences, promptRows, prompts36, sentences, textRows, tinyPolicyFiles, tinyProxyFiles } from "../support/toy.ts"

const reference = await tinyPolicyFiles(1)
const judge = await tinyProxyFiles(2)
const training = { loss: ipo({ beta: 0.1 }), steps: 120, batchSize: 4, learningRate: 1e-3, checkpoints: 4, seed: 3 }

type Progress = (step: number, total: number) => void
type Training = (progress: Progress, resumeOf: ResumeOf) => Promise<Readonly<Record<string, { readonly digest: string }>>>

const pairs = () => new MemoryTable(preferences, easyPreferences(60))
/** Pairs whose staleness is measured. */
const ofReference = () =>
  new MemoryTable(
    preferences,
    easyPreferences(60).map((row) => ({ ...row, policy_key: reference.digest, logp_chosen: -9, logp_rejected: -9 })),
  )
const stream = () =>
  new MemoryTable(
    preferences,
    easyPreferences(480).map((row, index) => ({ ...row, step: 1 + Math.floor(index / 4), position: index % 4, tie: index % 5 === 0 })),
  )
const online = (changes: { readonly synchronise?: number }): Training => {
  const inputs = { reference, judge, prompts: new MemoryTable(prompts, promptRows(prompts36)) }
  return (progress, resumeOf) =>
    runStage(optimizeOnline, inputs, { ...training, maxNewTokens: 3, ...changes }, oneThread, progress, resumeOf)
}

const trainings: ReadonlyArray<readonly [string, Training]> = [
  ["offline", (...rest) => runStage(optimize, { reference, preferences: pairs() }, training, oneThread, ...rest)],
  [
    "offline on pairs of the reference",
    (...rest) => runStage(optimize, { reference, preferences: ofReference() }, training, oneThread, ...rest),
  ],
  [
    "in the order of a stream",
    (...rest) => runStage(optimize, { reference, preferences: stream() }, { ...training, order: "stream" }, oneThread, ...rest),
  ],
  ["online", online({})],
  ["semi-online", online({ synchronise: 70 })],
  [
    "by cross-entropy",
    (...rest) =>
      runStage(
        sft,
        { corpus: new MemoryTable(text, [...textRows(sentences(60)), ...textRows(sentences(4), "test")]) },
        { size: "small", steps: 120, seed: 1, batchSize: 2, vocabulary: 300, context: 8 },
        oneThread,
        ...rest,
      ),
  ],
  [
    "a preference model",
    (...rest) =>
      runStage(
        preferenceModel,
        { preferences: pairs(), base: undefined },
        { steps: 120, seed: 1, batchSize: 2, vocabulary: 300, context: 16 },
        oneThread,
        ...rest,
      ),
  ],
]

describe.each(trainings)("training %s", (_, train) => {
  test("goes on where it was killed, and again where it was killed again", async () => {
    const memory = new SavedInMemory()
    const attempt = async (killed: number) => {
      const seen: Array<number> = []
      const progress: Progress = (step) => {
        seen.push(step)
        if (step >= killed) throw new Error("killed")
      }
      const outputs = await train(progress, memory.resumeOf).catch((error: Error) => error.message)
      return { seen, outputs }
    }
    const undisturbed = await train(() => {}, nothingSaved)
    expect(await attempt(10)).toMatchObject({ outputs: "killed" })
    expect(memory.isEmpty).toBe(true)
    expect((await attempt(110)).seen).toEqual(stepsFrom(1, 110))
    expect(await attempt(110)).toEqual({ outputs: "killed", seen: stepsFrom(101, 110) })
    const { seen, outputs } = await attempt(Number.POSITIVE_INFINITY)
    expect(seen).toEqual(stepsFrom(101, 120))
    const digests = (all: object) => Object.fromEntries(Object.entries(all).map(([name, { digest }]) => [name, digest]))
    expect(digests(outputs as object)).toEqual(digests(undisturbed))
  })
})

const stepsFrom = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index)

/** What a stage has saved, and what its outputs held then. */
class SavedInMemory {
  #bytes: Uint8Array | undefined
  #write: (outputs: Parameters<ResumeOf>[0]) => Promise<void> = async () => {}

  get isEmpty(): boolean {
    return this.#bytes === undefined
  }

  readonly resumeOf: ResumeOf = (outputs) => {
    const save = async (bytes: Uint8Array) => {
      this.#bytes = bytes.slice()
      const contents = await Promise.all(Object.entries(outputs).map(async ([name, output]) => [name, await contentOf(output)] as const))
      this.#write = async (others) => {
        for (const [name, content] of contents) await content(others[name] as Output)
      }
    }
    const load = async () => {
      await this.#write(outputs)
      return this.#bytes?.slice()
    }
    return { load, save, offer: async (make) => save(await make()) }
  }
}

type Output = Parameters<ResumeOf>[0][string]

/** What an output holds now, to be written to another one. */
const contentOf = async (output: Output): Promise<(other: Output) => Promise<void>> => {
  if (output instanceof MemoryFiles) {
    const files = await Promise.all(output.names.map(async (name) => [name, await output.read(name)] as const))
    return async (other) => {
      for (const [name, bytes] of files) await (other as MemoryFiles).write(name, bytes)
    }
  }
  const rows = await output.read()
  return (other) => (other as typeof output).append(rows)
}
