import { describe, expect, test } from "vitest"
import { preferences, prompts, text } from "../../../data/schema/index.ts"
import { Decoder } from "../../../learning/decode/decoder.ts"
import { preferenceModel } from "../../../learning/judge/preference-model.stage.ts"
import { readJudge } from "../../../learning/judge/read.ts"
import { score } from "../../../learning/judge/scorers/vader-score.ts"
import { ipo } from "../../../learning/objective/losses.ts"
import { readCheckpoint, readCheckpoints, readPolicy } from "../../../learning/policy/files.ts"
import type { WeightsByName } from "../../../learning/policy/parameters.ts"
import { promptTokens, responseText } from "../../../learning/policy/text.ts"
import { goldenPolicy } from "../../../learning/train/golden-policy.stage.ts"
import { optimizeOnline } from "../../../learning/train/optimize-online.stage.ts"
import { sft } from "../../../learning/train/sft.stage.ts"
import { MemoryTable } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"
import {
  easyPreferences,
  goldJudge,
  promptRows,
  prompts36,
  sentences,
  textRows,
  tinyPolicyFiles,
  tinyProxyFiles,
  tokenizer,
} from "../support/toy.ts"

const reference = await tinyPolicyFiles(1)
const judge = await tinyProxyFiles(2)
const rows = [...promptRows(prompts36), ...promptRows(["held out"], "test")]

const learned = (
  changes: { readonly batchSize?: number; readonly learningRate?: number; readonly steps?: number; readonly synchronise?: number } = {},
  asked: ReadonlyArray<(typeof rows)[number]> = rows,
) =>
  runStage(
    optimizeOnline,
    { reference, judge, prompts: new MemoryTable(prompts, asked) },
    { loss: ipo({ beta: 0.1 }), steps: 12, seed: 3, batchSize: 6, learningRate: 3e-3, checkpoints: 3, maxNewTokens: 6, ...changes },
  )

const run = await learned()
const stream = await run.stream.read()

/**
 * The responses that a policy gives at a step with that step's random numbers, and those that were
 * recorded.
 */
const draw = async (from: WeightsByName, step: number, said = stream) => {
  const { configuration } = await readPolicy(reference)
  const decoder = new Decoder({
    configuration,
    endOfText: tokenizer.endOfText,
    batchSize: 12,
    maxNewTokens: 6,
    temperature: 1,
    purpose: "online",
    seed: 3,
    engine: oneThread,
  })
  const pairs = said.filter((row) => row.step === step)
  const drawn = await decoder.decode(
    from,
    pairs.flatMap(({ prompt, pair_id }) =>
      [0, 1].map((which) => ({ prompt: promptTokens(tokenizer, prompt), stream: 2 * pair_id + which })),
    ),
  )
  const found = pairs.map((_, index) =>
    [drawn[2 * index], drawn[2 * index + 1]].map((each) => responseText(tokenizer, each?.tokens as Int32Array)).sort(),
  )
  return { found, recorded: pairs.map(({ chosen, rejected }) => [chosen, rejected].sort()) }
}

describe("online optimisation", () => {
  test("records a pair for every place of every step, each prompt of the split once an epoch", () => {
    expect(stream.map(({ step, position }) => [step, position])).toEqual(
      Array.from({ length: 12 }, (_, step) => Array.from({ length: 6 }, (_, position) => [step + 1, position])).flat(),
    )
    expect(stream.map(({ pair_id }) => pair_id)).toEqual(stream.map((_, index) => index))
    for (const epoch of [stream.slice(0, 36), stream.slice(36)])
      expect(new Set(epoch.map(({ prompt }) => prompt))).toEqual(new Set(prompts36))
    expect(stream.slice(0, 36).map(({ prompt }) => prompt)).not.toEqual(stream.slice(36).map(({ prompt }) => prompt))
  })

  test("has the proxy's word for every pair, which is its hard, symmetric label", async () => {
    const proxy = await readJudge(judge, oneThread)
    const verdicts = await proxy.compare(stream.map(({ prompt, chosen, rejected }) => ({ prompt, first: chosen, second: rejected })))
    for (const [index, { tie, p_chosen, source, judge_key, score_chosen }] of stream.entries()) {
      const verdict = verdicts[index]
      expect({ tie, source, judge_key, score_chosen }).toEqual({
        tie: verdict?.outcome === 0.5,
        source: "proxy",
        judge_key: judge.digest,
        score_chosen: null,
      })
      expect(verdict?.outcome).toBeGreaterThanOrEqual(0.5)
      expect(p_chosen).toBeCloseTo(verdict?.probability as number, 5)
    }
  })

  test("draws from the policy as it is: at first the reference, later what has been learned", async () => {
    const { configuration, parameters } = await readPolicy(reference)
    const { steps } = await readCheckpoints(run.checkpoints)
    const before = steps.at(-2) as number
    const first = await draw(parameters, 1)
    expect(first.found).toEqual(first.recorded)
    const later = await draw(await readCheckpoint(run.checkpoints, { configuration, frozen: {} }, before), before + 1)
    expect(later.found).toEqual(later.recorded)
    const stale = await draw(parameters, before + 1)
    expect(stale.found).not.toEqual(stale.recorded)
  })

  test("with a period draws from the policy as it was after the last period: of as many steps as the run, from the reference alone", async () => {
    const { configuration, parameters } = await readPolicy(reference)
    const semi = await learned({ synchronise: 5 })
    const recorded = await semi.stream.read()
    const kept = await readCheckpoint(semi.checkpoints, { configuration, frozen: {} }, 5)
    for (const step of [1, 2, 5, 6, 7, 10]) {
      const { found, recorded: said } = await draw(step <= 5 ? parameters : kept, step, recorded)
      expect(found, `step ${step}`).toEqual(said)
    }
    const stale = await draw(kept, 11, recorded)
    expect(stale.found).not.toEqual(stale.recorded)
    const never = await (await learned({ synchronise: 12 })).stream.read()
    const last = await draw(parameters, 12, never)
    expect(last.found).toEqual(last.recorded)
    expect(await (await learned({ synchronise: 1 })).stream.read()).toEqual(stream)
  })

  test("with more responses to each prompt, learns from a pair that is not tied wherever there is one", async () => {
    const golden = async (perPrompt: number) => {
      const run = await runStage(
        goldenPolicy,
        { reference, judge: goldJudge, prompts: new MemoryTable(prompts, rows) },
        { loss: ipo({ beta: 0.1 }), steps: 3, seed: 3, batchSize: 30, learningRate: 3e-3, checkpoints: 1, maxNewTokens: 6, perPrompt },
      )
      const last = (wanted: string, from: ReadonlyArray<{ readonly name: string; readonly value: number }>) =>
        from.filter(({ name }) => name === wanted).reduce((sum, { value }) => sum + value, 0)
      const metrics = await run.metrics.read()
      const untied = (await run.stream.read()).filter(({ tie }) => !tie).length
      return { untied, useful: last("useful_pairs", metrics), labels: last("labels_gold", metrics), pairs: last("pairs", metrics) }
    }
    const [two, five] = [await golden(2), await golden(5)]
    expect(five.untied).toBeGreaterThan(two.untied)
    expect(five).toMatchObject({ useful: five.untied, pairs: 90, labels: 900 })
    expect(two).toMatchObject({ useful: two.untied, pairs: 90, labels: 90 })
  })

  test("says ever more often what its judge was taught to prefer", async () => {
    const corpus = new MemoryTable(text, textRows(sentences(200)))
    const { policy } = await runStage(sft, { corpus }, { size: "small", steps: 80, seed: 1, batchSize: 16, vocabulary: 450, context: 24 })
    const { judge: taught } = await runStage(
      preferenceModel,
      { preferences: new MemoryTable(preferences, easyPreferences(240)), base: undefined },
      { steps: 60, seed: 1, batchSize: 16, vocabulary: 300, context: 48 },
    )
    const { stream: said, metrics } = await runStage(
      optimizeOnline,
      { reference: policy, judge: taught, prompts: new MemoryTable(prompts, rows) },
      { loss: ipo({ beta: 0.1 }), steps: 24, seed: 3, batchSize: 16, learningRate: 1e-3, checkpoints: 1, maxNewTokens: 8 },
    )
    const pairs = await said.read()
    const kind = (steps: (step: number) => boolean) => {
      const responses = pairs.filter(({ step }) => steps(step)).flatMap(({ chosen, rejected }) => [chosen, rejected])
      return responses.filter((response) => / (wonderful|happy) /.test(`${response} `)).length / responses.length
    }
    expect(kind((step) => step <= 6)).toBeLessThan(0.55)
    expect(kind((step) => step > 18)).toBeGreaterThan(0.7)
    const margins = (await metrics.read()).filter(({ name }) => name === "margin").map(({ value }) => value)
    expect(Math.abs(margins[0] as number)).toBeLessThan(1e-3)
    expect(margins.slice(12).reduce((sum, value) => sum + value, 0) / 12).toBeGreaterThan(0.4)
  })

  test("against gold records gold's scores, and lets what gold ties teach nothing", async () => {
    const golden = await runStage(
      goldenPolicy,
      { reference, judge: goldJudge, prompts: new MemoryTable(prompts, rows) },
      { loss: ipo({ beta: 0.1 }), steps: 2, seed: 3, batchSize: 30, learningRate: 3e-3, checkpoints: 1, maxNewTokens: 6 },
    )
    const pairs = await golden.stream.read()
    // Until it learns otherwise, it draws what a run against a proxy draws.
    const sides = (row: (typeof pairs)[number]) => [row.chosen, row.rejected].sort()
    expect(pairs.slice(0, 6).map(sides)).toEqual(stream.slice(0, 6).map(sides))
    for (const { prompt, chosen, rejected, score_chosen, score_rejected, tie, source, judge_key } of pairs) {
      expect([score_chosen, score_rejected]).toEqual([score(prompt + chosen), score(prompt + rejected)])
      expect(tie ? score_chosen === score_rejected : (score_chosen as number) > (score_rejected as number)).toBe(true)
      expect({ source, judge_key }).toEqual({ source: "gold", judge_key: goldJudge.digest })
    }
    const useful = (await golden.metrics.read()).filter(({ name }) => name === "useful_pairs")
    expect(useful.map(({ step, value }) => [step, value])).toEqual(
      [1, 2].map((step) => [step, pairs.filter((row) => row.step === step && !row.tie).length]),
    )
  })

  test("fails where the judge ties every pair of the run: nothing was learned", async () => {
    const golden = { reference, judge: goldJudge, prompts: new MemoryTable(prompts, rows) }
    await expect(
      runStage(goldenPolicy, golden, {
        loss: ipo({ beta: 0.1 }),
        steps: 3,
        seed: 3,
        batchSize: 6,
        learningRate: 3e-3,
        checkpoints: 1,
        maxNewTokens: 6,
      }),
    ).rejects.toMatchObject({ tag: "NothingToTrain", message: expect.stringContaining("pairs that are not ties") })
  })

  test("is refused where the split has no prompts, or fewer than a batch takes", async () => {
    await expect(learned({}, promptRows(prompts36, "test"))).rejects.toMatchObject({ tag: "NoPrompts" })
    await expect(learned({ batchSize: 37 })).rejects.toMatchObject({ tag: "TooLittleData", message: expect.stringContaining("36 prompts") })
  })

  test("ends where the loss does, and says so", async () => {
    await expect(learned({ learningRate: 1e30, steps: 6 })).rejects.toMatchObject({
      tag: "Diverged",
      details: { step: expect.any(Number), lastFiniteLoss: expect.any(Number) },
    })
  })
})
