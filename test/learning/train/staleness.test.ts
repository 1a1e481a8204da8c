import { describe, expect, test } from "vitest"
import { type metrics as metricColumns, preferences, prompts } from "../../../data/schema/index.ts"
import { normals } from "../../../engine/random/philox.ts"
import { ipo } from "../../../learning/objective/losses.ts"
import { gpt2 } from "../../../learning/policy/architecture/gpt2.ts"
import type { WeightsByName } from "../../../learning/policy/parameters.ts"
import { label } from "../../../learning/preferences/label.stage.ts"
import { sample } from "../../../learning/preferences/sample.stage.ts"
import { shuffle } from "../../../learning/preferences/shuffle.stage.ts"
import { meanStaleness } from "../../../learning/train/mean-staleness.ts"
import { measuredSteps } from "../../../learning/train/measured-steps.ts"
import { optimize } from "../../../learning/train/optimize.stage.ts"
import { optimizeOnline } from "../../../learning/train/optimize-online.stage.ts"
import { StalenessMeter } from "../../../learning/train/staleness.ts"
import { MemoryTable } from "../support/memory.ts"
import { enumerateResponses } from "../support/scores.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { divergence } from "../support/tabular.ts"
import {
  easyPreferences,
  goldJudge,
  preferenceRow,
  promptRows,
  prompts36,
  tinyPolicyFiles,
  tinyProxyFiles,
  tokenizer,
  wildParameters,
} from "../support/toy.ts"

/** A vocabulary of six tokens and responses of two: all 31 of them can be counted. */
const small = gpt2({ vocabulary: 6, context: 8, width: 16, layers: 1, heads: 2 })
const maxNewTokens = 2
const prompt = [0, 3, 1]
const reference = wildParameters(small, 1)
/** The same but for its last layer, so far. */
const moved = (distance: number): WeightsByName =>
  Object.fromEntries(
    Object.entries(reference).map(([name, values], index) => [
      name,
      normals(9, "moved", index, new Float32Array(values.length)).map((value, place) => (values[place] as number) + distance * value),
    ]),
  )

/** log-probabilities of every response. */
const distribution = async (parameters: WeightsByName) => enumerateResponses(small, parameters, prompt, maxNewTokens)

const meterOf = (seed: number, steps = 1) =>
  new StalenessMeter({
    policy: { configuration: small, tokenizer: { ...tokenizer, endOfText: 0 } as typeof tokenizer },
    steps,
    maxNewTokens,
    seed,
    engine: oneThread,
  })

const pair = (chosen: ReadonlyArray<number>, rejected: ReadonlyArray<number>) => ({
  prompt: Int32Array.from(prompt),
  chosen: Int32Array.from(chosen),
  rejected: Int32Array.from(rejected),
  weight: 1,
})

describe("staleness at a step", () => {
  const distances = [0.02, 0.1, 0.3]

  test.each(distances)(
    "is the divergence of all responses, counted one by one, within its error: weights moved by %d",
    async (distance) => {
      const learner = moved(distance)
      const [p, q] = [await distribution(learner), await distribution(reference)]
      const exact = divergence(
        p.map(({ logp }) => Math.exp(logp)),
        q.map(({ logp }) => Math.exp(logp)),
      )
      const row = preferenceRow(0, "", "", "")
      const drawn = { rows: Array.from({ length: 16 }, () => row), pairs: Array.from({ length: 16 }, () => pair([1], [2])) }
      const steps = 60 * 25
      const meter = meterOf(4, steps)
      const reports = await Promise.all(measuredSteps(steps, 4).map((step) => meter.measure(step, learner, drawn, reference)))
      const values = reports.map(({ staleness }) => staleness as number)
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
      expect(Math.abs(mean - exact)).toBeLessThan((3 * spread) / Math.sqrt(values.length) + 1e-4 * exact)
      const errors = reports.map(({ staleness_error }) => staleness_error as number)
      const meanError = errors.reduce((sum, value) => sum + value, 0) / errors.length
      expect(meanError / spread).toBeGreaterThan(0.75)
      expect(meanError / spread).toBeLessThan(1.25)
      // Nothing was recorded with the pairs.
      expect(reports[0]).not.toHaveProperty("staleness_reverse")
    },
  )

  test.each(distances)("in reverse is told by recorded log-probabilities: weights moved by %d", async (distance) => {
    const learner = moved(distance)
    const [p, q] = [await distribution(learner), await distribution(reference)]
    // Every response as often as the reference draws it, rounded to one of 4,000.
    const said = q.flatMap(({ response, logp }) => Array.from({ length: Math.round(4000 * Math.exp(logp)) }, () => ({ response, logp })))
    const couples = Array.from({ length: Math.floor(said.length / 2) }, (_, index) => [said[2 * index], said[2 * index + 1]] as const)
    const rows = couples.map(([one, other], index) =>
      preferenceRow(index, "", "", "", { logp_chosen: one?.logp as number, logp_rejected: other?.logp as number }),
    )
    const pairs = couples.map(([one, other]) => pair(one?.response ?? [], other?.response ?? []))
    const report = await meterOf(1).measure(1, learner, { rows, pairs }, undefined)
    const probabilities = (all: typeof p) => all.map(({ logp }) => Math.exp(logp))
    const exact = divergence(probabilities(q), probabilities(p))
    expect(Math.abs((report.staleness_reverse as number) - exact)).toBeLessThan(0.03 * exact + 1e-4)
    expect(report).not.toHaveProperty("staleness")
  })

  test("is exactly 0 where the learner drew the pairs, and not known where nothing was recorded", async () => {
    const drawn = { rows: [preferenceRow(0, "", "", "")], pairs: [pair([1], [2])] }
    expect(await meterOf(1).measure(1, reference, drawn, reference)).toEqual({
      staleness: 0,
      staleness_error: 0,
      staleness_reverse: 0,
      staleness_reverse_error: 0,
    })
    // A copy of the weights is another policy in memory and the same one in law.
    expect(await meterOf(1).measure(1, reference, drawn, structuredClone(reference))).toEqual({ staleness: 0, staleness_error: 0 })
    expect(await meterOf(1).measure(1, reference, drawn, undefined)).toEqual({})
  })
})

test("one step of each 25 is measured, any of them, and the last block may be short", () => {
  const steps = measuredSteps(60, 3)
  expect(steps.map((step) => Math.ceil(step / 25))).toEqual([1, 2, 3])
  expect(steps.at(-1)).toBeLessThanOrEqual(60)
  const places = new Set(Array.from({ length: 1000 }, (_, seed) => measuredSteps(25, seed)[0]))
  expect([...places].sort((a, b) => (a as number) - (b as number))).toEqual(Array.from({ length: 25 }, (_, index) => index + 1))
})

describe("the mean over a run", () => {
  const metric = (step: number, name: string, value: number) => ({ step, name, value })

  test("weighs a measurement by the steps that it stands for", () => {
    const rows = [metric(7, "staleness", 1), metric(34, "staleness", 4), metric(40, "loss", 1)]
    expect(meanStaleness(rows)).toBeCloseTo((25 * 1 + 15 * 4) / 40, 12)
    expect(meanStaleness(rows, "staleness_reverse")).toBeUndefined()
  })

  test("is not known where a part of the run is not", () => {
    expect(meanStaleness([metric(7, "staleness", 1), metric(40, "loss", 1)])).toBeUndefined()
    expect(meanStaleness([])).toBeUndefined()
  })
})

describe("the staleness of a run", async () => {
  const policy = await tinyPolicyFiles(1)
  const judge = await tinyProxyFiles(2)
  const training = { loss: ipo({ beta: 0.1 }), steps: 100, seed: 3, batchSize: 8, learningRate: 3e-3, checkpoints: 1 }
  const asked = new MemoryTable(prompts, promptRows(prompts36))
  const online = (synchronise: number) =>
    runStage(optimizeOnline, { reference: policy, judge, prompts: asked }, { ...training, maxNewTokens: 6, synchronise })
  const measured = async (table: MemoryTable<typeof metricColumns>, name = "staleness") =>
    (await table.read()).filter((row) => row.name === name).map(({ value }) => value)
  const onPolicy = await online(1)

  test("is 0 online, and grows with the period up to that of one which is never synchronised", async () => {
    expect(await measured(onPolicy.metrics)).toEqual([0, 0, 0, 0])
    const means = await Promise.all([5, 100].map(async (period) => meanStaleness(await (await online(period)).metrics.read()) as number))
    expect(means[0]).toBeGreaterThan(0.005)
    expect(means[1]).toBeGreaterThan(2 * (means[0] as number))
  })

  test("offline grows from step to step, and to measure it changes nothing of what is learned", async () => {
    const { responses: drawn } = await runStage(sample, { policy, prompts: asked }, { perPrompt: 16, seed: 1, maxNewTokens: 6 })
    const { preferences: pairs } = await runStage(label, { responses: drawn, judge: goldJudge }, { pairing: "all" })
    const slow = { ...training, learningRate: 1e-4 }
    const { metrics, checkpoints } = await runStage(optimize, { reference: policy, preferences: pairs }, slow)
    const [forward, reverse] = [await measured(metrics), await measured(metrics, "staleness_reverse")]
    expect([forward.length, reverse.length]).toEqual([4, 4])
    expect(forward[3]).toBeGreaterThan(2 * (forward[0] as number))

    const unknown = (await pairs.read()).map((row) => ({ ...row, policy_key: null, logp_chosen: null, logp_rejected: null }))
    const unmeasured = await runStage(optimize, { reference: policy, preferences: new MemoryTable(preferences, unknown) }, slow)
    expect(await measured(unmeasured.metrics)).toEqual([])
    expect(unmeasured.checkpoints.digest).toBe(checkpoints.digest)
  })

  test("of a stream in its order is 0 but for rounding, and far larger where all of it is shuffled than within windows of a few steps", async () => {
    const replayed = async (stream: typeof onPolicy.stream) =>
      measured(
        (await runStage(optimize, { reference: policy, preferences: stream }, { ...training, order: "stream" })).metrics,
        "staleness_reverse",
      )
    const within = async (window: number | "all") =>
      replayed((await runStage(shuffle, { preferences: onPolicy.stream }, { window, seed: 1 })).preferences)
    for (const value of await replayed(onPolicy.stream)) expect(Math.abs(value)).toBeLessThan(1e-4)
    const distance = (values: ReadonlyArray<number>) => values.reduce((sum, value) => sum + value, 0) / values.length
    const [narrow, wide] = [distance(await within(4)), distance(await within("all"))]
    expect(wide).toBeGreaterThan(0.2)
    expect(wide).toBeGreaterThan(4 * Math.abs(narrow))
  })

  test("is not a metric of imported pairs, whose policy is not known", async () => {
    const imported = new MemoryTable(preferences, easyPreferences(60))
    const { metrics } = await runStage(optimize, { reference: policy, preferences: imported }, { ...training, steps: 60 })
    expect((await metrics.read()).filter(({ name }) => name.startsWith("staleness"))).toEqual([])
  })
})
