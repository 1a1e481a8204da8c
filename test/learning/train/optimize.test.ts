import { describe, expect, test } from "vitest"
import { preferences as columns } from "../../../data/schema/index.ts"
import { Divergences } from "../../../learning/evaluate/divergences.ts"
import { ipo } from "../../../learning/objective/losses.ts"
import { readCheckpoint, readCheckpoints, readPolicy } from "../../../learning/policy/files.ts"
import { promptTokens, responseTokens } from "../../../learning/policy/text.ts"
import { checkpointSteps } from "../../../learning/train/checkpoint.ts"
import { optimize } from "../../../learning/train/optimize.stage.ts"
import { MemoryTable } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { easyPreferences, tinyPolicyFiles, tokenizer } from "../support/toy.ts"

const reference = await tinyPolicyFiles(1)
const pairs = easyPreferences(48)

const optimized = (rows: typeof pairs, changes: Partial<Parameters<typeof optimize>[0]> = {}) =>
  runStage(
    optimize,
    { reference, preferences: new MemoryTable(columns, rows) },
    { loss: ipo({ beta: 0.1 }), steps: 40, seed: 1, batchSize: 8, learningRate: 3e-3, checkpoints: 4, ...changes },
  )

const learned = await optimized(pairs)
const metric = async (wanted: string, from = learned) =>
  (await from.metrics.read()).filter(({ name }) => name === wanted).map(({ value }) => value)

describe("offline optimisation", () => {
  test("makes the margins of its pairs what IPO wants them to be, 1/(2β)", async () => {
    const margins = await metric("margin")
    expect(Math.abs(margins[0] as number)).toBeLessThan(1e-3)
    expect(margins.at(-1)).toBeGreaterThan(3)
    expect(margins.at(-1)).toBeLessThan(7)
    expect((await metric("accuracy")).at(-1)).toBe(1)
    expect((await metric("loss")).at(-1)).toBeLessThan(0.1 * ((await metric("loss"))[0] as number))
    expect((await metric("loss"))[0]).toBeCloseTo(0.25, 3)
  })

  test("reports what can be measured on its checkpoints", async () => {
    const before = await readPolicy(reference)
    const after = await readCheckpoint(learned.checkpoints, { configuration: before.configuration, frozen: {} }, 40)
    const divergences = new Divergences(before.configuration, before, oneThread)
    const sequences = (side: "chosen" | "rejected") =>
      pairs.map((pair) => ({ prompt: promptTokens(tokenizer, pair.prompt), response: responseTokens(tokenizer, pair[side]) }))
    const mean = (values: ReadonlyArray<{ readonly ratio: number }>) => values.reduce((sum, { ratio }) => sum + ratio, 0) / values.length
    const chosen = mean(await divergences.of(after, sequences("chosen")))
    const rejected = mean(await divergences.of(after, sequences("rejected")))
    // The last batches were measured a little before the last step.
    expect(chosen - rejected).toBeGreaterThan(((await metric("margin")).at(-1) as number) - 1)
    expect(chosen - rejected).toBeLessThan(((await metric("margin")).at(-1) as number) + 1)
    expect((await metric("rejected_logp_change")).at(-1)).toBeLessThan((await metric("chosen_logp_change")).at(-1) as number)
  })

  test("keeps checkpoints log-spaced up to its last step, and metrics of every step", async () => {
    const { steps } = await readCheckpoints(learned.checkpoints)
    expect(steps).toEqual(checkpointSteps(40, 4))
    expect(steps.at(-1)).toBe(40)
    const rows = await learned.metrics.read()
    const names = new Set(rows.map(({ name }) => name))
    expect([...names]).toEqual(expect.arrayContaining(["loss", "margin", "accuracy", "gradient_norm", "pairs", "useful_pairs"]))
    expect(rows.filter(({ name }) => name === "labels_human")).toEqual([{ step: 40, name: "labels_human", value: 48 }])
    expect(rows.filter(({ name }) => name === "untied_labels_human").map(({ step }) => step)).toEqual([40])
    for (const name of [...names].filter((name) => !name.includes("labels_")))
      expect(rows.filter((row) => row.name === name).map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
  })

  test("is the same twice for one seed, and another for another", async () => {
    const few = { steps: 3, checkpoints: 1 }
    const [one, again, other] = [await optimized(pairs, few), await optimized(pairs, few), await optimized(pairs, { ...few, seed: 2 })]
    for (const output of ["checkpoints", "metrics"] as const) {
      expect(again[output].digest).toBe(one[output].digest)
      expect(other[output].digest).not.toBe(one[output].digest)
    }
  })

  test("learns from text as from the tokens of that text", async () => {
    const tokens = pairs.map((row) => ({
      ...row,
      chosen_token_ids: responseTokens(tokenizer, row.chosen),
      rejected_token_ids: responseTokens(tokenizer, row.rejected),
    }))
    const few = { steps: 3, checkpoints: 1 }
    expect((await optimized(tokens, few)).checkpoints.digest).toBe((await optimized(pairs, few)).checkpoints.digest)
  })

  test("passes over ties: with them or without, it learns the same", async () => {
    const ties = easyPreferences(90)
      .slice(48)
      .map((row) => ({ ...row, tie: true }))
    const few = { steps: 3, checkpoints: 1 }
    const mixed = [...ties.slice(0, 10), ...pairs, ...ties.slice(10)]
    expect((await optimized(mixed, few)).checkpoints.digest).toBe((await optimized(pairs, few)).checkpoints.digest)
  })
})

describe("offline optimisation is refused", () => {
  test("where there are too few pairs for a batch: none, or none but ties", async () => {
    for (const rows of [[], pairs.slice(0, 7), pairs.map((row) => ({ ...row, tie: true }))])
      await expect(optimized(rows)).rejects.toMatchObject({ tag: "TooLittleData", message: expect.stringContaining("batch") })
  })

  /** Five steps of eight pairs. */
  const stream = easyPreferences(40).map((row, index) => ({ ...row, step: 1 + Math.floor(index / 8), position: index % 8 }))

  test.each([2, 4, 5, 7, 9, 16])("in the order of a stream, at a batch of %d where the stream has steps of 8", async (batch) => {
    await expect(optimized(stream, { order: "stream", batchSize: batch, steps: 2 })).rejects.toMatchObject({
      tag: "NotAStream",
      message: expect.stringContaining("batch"),
    })
  })

  test("in the order of a stream that is shorter than the run, or none", async () => {
    await expect(optimized(stream, { order: "stream", batchSize: 8, steps: 6 })).rejects.toMatchObject({ tag: "TooLittleData" })
    await expect(optimized([], { order: "stream" })).rejects.toMatchObject({ tag: "TooLittleData" })
    expect((await optimized(stream, { order: "stream", batchSize: 8, steps: 5 })).checkpoints.names).toContain("config.json")
  })
})

test("a learning rate without measure ends the run before anything is written after it", async () => {
  const learning = optimized(pairs, { learningRate: 1e30, steps: 20, checkpoints: 1 })
  await expect(learning).rejects.toMatchObject({
    name: "StageError",
    tag: "Diverged",
    message: expect.stringMatching(/at step \d+; the last finite loss was .*learning rate/),
    details: { step: expect.any(Number), lastFiniteLoss: expect.any(Number) },
  })
})
