/** A training that is killed and started again leaves what an undisturbed one leaves, bit for bit, and does not do all of it again. */

import type { Resume } from "assay"
import { describe, expect, test } from "vitest"
import { preferences, prompts, text } from "../../../data/schema/index.ts"
import { ipo } from "../../../learning/objective/loss.ts"
import { optimize } from "../../../learning/train/optimize.stage.ts"
import { optimizeOnline } from "../../../learning/train/optimize-online.stage.ts"
import { decodeRows, encodeRows } from "../../../learning/train/row-text.ts"
import { sft } from "../../../learning/train/sft.stage.ts"
import { MemoryTable } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { easyPreferences, promptRows, prompts36, sentences, textRows, tinyPolicyFiles, tinyProxyFiles } from "../support/toy.ts"

const reference = await tinyPolicyFiles(1)
const judge = await tinyProxyFiles(2)
const training = { loss: ipo({ beta: 0.1 }), steps: 120, batch: 4, learningRate: 1e-3, checkpoints: 4, seed: 3 }

type Progress = (step: number, total: number) => void
type Training = (progress: Progress, resume: Resume) => Promise<Readonly<Record<string, { readonly digest: string }>>>

const pairs = () => new MemoryTable(preferences, easyPreferences(60))
const stream = () =>
  new MemoryTable(
    preferences,
    easyPreferences(480).map((row, index) => ({ ...row, step: 1 + Math.floor(index / 4), position: index % 4, tie: index % 5 === 0 })),
  )
const online = (changes: { readonly synchronise?: number }): Training => {
  const inputs = { reference, judge, prompts: new MemoryTable(prompts, promptRows(prompts36)) }
  return (progress, resume) => runStage(optimizeOnline, inputs, { ...training, longest: 3, ...changes }, oneThread, progress, resume)
}

const trainings: ReadonlyArray<readonly [string, Training]> = [
  ["offline", (...rest) => runStage(optimize, { reference, preferences: pairs() }, training, oneThread, ...rest)],
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
        { size: "small", steps: 120, seed: 1, batch: 2, vocabulary: 300, context: 8 },
        oneThread,
        ...rest,
      ),
  ],
]

describe.each(trainings)("training %s", (_, train) => {
  test("goes on where it was killed, and again where it was killed again", async () => {
    let saved: Uint8Array | undefined
    const resume: Resume = {
      load: async () => saved?.slice(),
      save: async (bytes) => {
        saved = bytes.slice()
      },
    }
    const attempt = async (killed: number) => {
      const seen: Array<number> = []
      const progress: Progress = (step) => {
        seen.push(step)
        if (step >= killed) throw new Error("killed")
      }
      const outputs = await train(progress, resume).catch((error: Error) => error.message)
      return { seen, outputs }
    }
    const undisturbed = await train(() => {}, { load: async () => undefined, save: async () => {} })
    expect(await attempt(60)).toMatchObject({ outputs: "killed" })
    expect(saved).toBeUndefined()
    expect((await attempt(110)).seen).toEqual(Array.from({ length: 11 }, (_, index) => 10 * (index + 1)))
    expect(await attempt(110)).toEqual({ outputs: "killed", seen: [110] })
    const { seen, outputs } = await attempt(Number.POSITIVE_INFINITY)
    expect(seen).toEqual([110, 120])
    const digests = (all: object) => Object.fromEntries(Object.entries(all).map(([name, { digest }]) => [name, digest]))
    expect(digests(outputs as object)).toEqual(digests(undisturbed))
  })
})

test("rows are remembered exactly: tokens, words, and the numbers that JSON has no word for", () => {
  const rows = [
    { ids: Int32Array.of(3, -1), weights: Float32Array.of(0.1, -0, Number.NaN), text: '"\n😀', value: -0, absent: null, tie: true },
    { ids: new Int32Array(), weights: new Float32Array(), text: "", value: Number.NEGATIVE_INFINITY, absent: null, tie: false },
    { ids: Int32Array.of(2 ** 31 - 1), weights: Float32Array.of(1e-45), text: "$int32", value: 0.1 + 0.2, absent: null, tie: false },
  ]
  expect(decodeRows(encodeRows(rows))).toEqual(rows)
  expect(Object.is(decodeRows(encodeRows(rows))[0]?.value, -0)).toBe(true)
})
