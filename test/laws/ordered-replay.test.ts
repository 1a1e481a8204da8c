/**
 * What an online learner learned is what its stream taught: replayed offline and in order, it gives
 * the same policy, bit for bit.
 */

import { describe, expect, test } from "vitest"
import { preferences, prompts } from "../../data/schema/index.ts"
import { bo2, dpo, ipo, kto, simpo } from "../../learning/objective/losses.ts"
import { optimize } from "../../learning/train/optimize.stage.ts"
import { optimizeOnline } from "../../learning/train/optimize-online.stage.ts"
import { MemoryTable } from "../learning/support/memory.ts"
import { oneThread, runStage } from "../learning/support/stage.ts"
import { promptRows, prompts36, tinyPolicyFiles, tinyProxyFiles } from "../learning/support/toy.ts"

const reference = await tinyPolicyFiles(1)
const judge = await tinyProxyFiles(2)
const twoThreads = { ...oneThread, threads: 2 }

const steps = 6
const online = (changes: Partial<Parameters<typeof optimizeOnline>[0]> = {}, engine = oneThread) =>
  runStage(
    optimizeOnline,
    { reference, judge, prompts: new MemoryTable(prompts, promptRows(prompts36)) },
    { loss: ipo({ beta: 0.1 }), steps, seed: 3, batchSize: 5, learningRate: 3e-3, checkpoints: 3, maxNewTokens: 7, ...changes },
    engine,
  )
const replay = (stream: MemoryTable<typeof preferences>, changes: Partial<Parameters<typeof optimize>[0]> = {}, engine = oneThread) =>
  runStage(
    optimize,
    { reference, preferences: stream },
    { loss: ipo({ beta: 0.1 }), steps, seed: 99, batchSize: 5, learningRate: 3e-3, checkpoints: 3, order: "stream", ...changes },
    engine,
  )

const recorded = await online()

describe("an online stream, replayed in order", () => {
  test("gives the online policy's checkpoints and metrics, on one thread and on two", async () => {
    for (const engine of [oneThread, twoThreads]) {
      const replayed = await replay(recorded.stream, {}, engine)
      expect(replayed.checkpoints.names).toEqual(recorded.checkpoints.names)
      expect(replayed.checkpoints.digest).toBe(recorded.checkpoints.digest)
      // A replay neither ties nor judges anything itself, and measures staleness at other steps.
      const isLearned = ({ name }: { readonly name: string }) => name !== "ties" && !/^(judge_|staleness)/.test(name)
      expect((await replayed.metrics.read()).filter(isLearned)).toEqual((await recorded.metrics.read()).filter(isLearned))
    }
  })

  test("gives them also where its rows are stored in another order", async () => {
    const rows = (await recorded.stream.read()).toSorted((a, b) => b.position - a.position || a.step - b.step)
    expect((await replay(new MemoryTable(preferences, rows))).checkpoints.digest).toBe(recorded.checkpoints.digest)
  })

  test("gives them where many pairs are ties, which keep their places", async () => {
    // Of responses of one token, many are alike.
    const changes = { maxNewTokens: 1, batchSize: 16, loss: dpo({ beta: 0.5 }) }
    const tied = await online(changes)
    const ties = (await tied.stream.read()).filter(({ tie }) => tie).length
    expect(ties).toBeGreaterThan(2)
    expect(ties).toBeLessThan(16 * steps)
    const { maxNewTokens: _, ...shared } = changes
    expect((await replay(tied.stream, shared)).checkpoints.digest).toBe(tied.checkpoints.digest)
  })

  test("gives them under losses that see more than margins, with weight decay, and where responses come from an older policy", async () => {
    const cases = [
      { loss: kto({ beta: 0.3 }) },
      { loss: simpo({ beta: 2, gamma: 0.5 }), synchronise: 2 },
      { loss: bo2(), synchronise: steps },
      { loss: ipo({ beta: 0.1 }), weightDecay: 0.5 },
    ]
    for (const { synchronise = 1, ...shared } of cases) {
      const { stream, checkpoints } = await online({ synchronise, ...shared })
      expect((await replay(stream, shared)).checkpoints.digest).toBe(checkpoints.digest)
      expect(checkpoints.digest).not.toBe(recorded.checkpoints.digest)
    }
  })

  test("in any other order gives another policy", async () => {
    const rows = (await recorded.stream.read()).map((row) => ({ ...row, step: steps + 1 - row.step }))
    expect((await replay(new MemoryTable(preferences, rows))).checkpoints.digest).not.toBe(recorded.checkpoints.digest)
    expect((await replay(recorded.stream, { order: "shuffled" })).checkpoints.digest).not.toBe(recorded.checkpoints.digest)
  })
})

describe("an online run", () => {
  test("is the same twice for one seed, on one thread and on two; for another seed it is another", async () => {
    const same = await online({}, twoThreads)
    const other = await online({ seed: 4 })
    for (const output of ["checkpoints", "stream", "metrics"] as const) {
      expect(same[output].digest).toBe(recorded[output].digest)
      expect(other[output].digest).not.toBe(recorded[output].digest)
    }
  })
})
