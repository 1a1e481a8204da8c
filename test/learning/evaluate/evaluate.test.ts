import { describe, expect, test } from "vitest"
import { preferences as preferenceColumns, prompts as promptColumns, text } from "../../../data/schema/index.ts"
import { normals } from "../../../engine/random/philox.ts"
import { Divergences } from "../../../learning/evaluate/divergences.ts"
import { evaluate } from "../../../learning/evaluate/evaluate.stage.ts"
import { score } from "../../../learning/judge/vader.ts"
import { readPolicy, writeCheckpoint, writeDescription } from "../../../learning/policy/files.ts"
import type { Parameters as PolicyParameters } from "../../../learning/policy/parameters.ts"
import { promptTokens, responseTokens } from "../../../learning/policy/text.ts"
import { trainTokenizer } from "../../../learning/tokenizer/train.ts"
import { sft } from "../../../learning/train/sft.stage.ts"
import { MemoryFiles, MemoryTable } from "../support/memory.ts"
import { oneThread, runStage } from "../support/stage.ts"
import { easyPreferences, goldJudge, promptRows, prompts36, sentences, textRows } from "../support/toy.ts"

// A policy that speaks the toy language, so that gold has opinions on what it says.
const { policy: reference } = await runStage(
  sft,
  { corpus: new MemoryTable(text, textRows(sentences(200))) },
  { size: "small", steps: 60, seed: 1, batch: 16, vocabulary: 450, context: 24 },
)
const policy = await readPolicy(reference)
const { configuration, parameters, tokenizer } = policy

const shifted = (deviation: number): PolicyParameters =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, values], index) => {
      const noise = normals(1, "shift", index, new Float32Array(values.length))
      return [name, values.map((value, place) => value + deviation * (noise[place] as number))]
    }),
  )

const runOf = async (checkpoints: Readonly<Record<number, PolicyParameters>>): Promise<MemoryFiles> => {
  const run = new MemoryFiles()
  for (const [step, each] of Object.entries(checkpoints)) await writeCheckpoint(run, { ...policy, parameters: each }, Number(step))
  await writeDescription(run, policy)
  return run
}

/** Prompts of the held-out split, among others. */
const prompts = new MemoryTable(
  promptColumns,
  Array.from({ length: 7 }, (_, part) =>
    promptRows(prompts36, part === 0 ? "train" : "test").map((row) => ({ ...row, prompt_id: 100 * part + row.prompt_id })),
  ).flat(),
)
const preferences = new MemoryTable(
  preferenceColumns,
  easyPreferences(20).map((row, index) => ({ ...row, tie: index % 5 === 0 })),
)

const evaluated = async (
  run: MemoryFiles,
  {
    opponent = reference,
    ...given
  }: { readonly opponent?: MemoryFiles; readonly count?: number; readonly seed?: number; readonly split?: "train" } = {},
) => {
  const outputs = await runStage(
    evaluate,
    { run, reference, prompts, opponent, judge: goldJudge, preferences },
    { count: 200, longest: 12, ...given },
  )
  return { outputs, evaluation: await outputs.evaluation.read(), classification: await outputs.classification.read() }
}

const moved = shifted(0.02)
const run = await runOf({ 30: moved, 4: parameters })
const result = await evaluated(run)
const at = (step: number) => ({
  evaluation: result.evaluation.filter((row) => row.step === step),
  classification: result.classification.filter((row) => row.step === step),
})

describe("a policy that is its own reference and its own opponent", () => {
  const { evaluation, classification } = at(4)

  test("wins every other time", () => {
    const decided = evaluation.filter(({ outcome }) => outcome !== 0.5)
    const won = decided.filter(({ outcome }) => outcome === 1).length
    expect(decided.length).toBeGreaterThan(50)
    // Three standard deviations of a fair coin.
    expect(Math.abs(won - decided.length / 2)).toBeLessThan(1.5 * Math.sqrt(decided.length))
  })

  test("does not play against its own words", () => {
    expect(evaluation.filter(({ response, opponent }) => response !== opponent).length).toBeGreaterThan(150)
  })

  test("is at no distance, and classifies nothing", () => {
    for (const { kl } of evaluation) expect(kl).toBe(0)
    expect(classification.length).toBeGreaterThan(16)
    for (const { margin, correct } of classification) expect({ margin: margin + 0, correct }).toEqual({ margin: 0, correct: null })
  })
})

describe("an evaluation", () => {
  test("has each checkpoint in order of steps, each on the same prompts of the split against the same opponents", () => {
    expect(result.evaluation.map(({ step }) => step)).toEqual([...Array(200).fill(4), ...Array(200).fill(30)])
    const asked = (step: number) => at(step).evaluation.map(({ prompt_id, opponent }) => [prompt_id, opponent])
    expect(asked(30)).toEqual(asked(4))
    expect(new Set(at(4).evaluation.map(({ prompt_id }) => prompt_id)).size).toBe(200)
    for (const { prompt_id } of result.evaluation) expect(prompt_id).toBeGreaterThanOrEqual(100)
  })

  test("has gold's score of the whole text, and who wins by it", async () => {
    const promptOf = new Map((await prompts.read()).map(({ prompt_id, prompt }) => [prompt_id, prompt]))
    for (const { prompt_id, response, opponent, outcome, score: own } of result.evaluation) {
      const [mine, theirs] = [score(`${promptOf.get(prompt_id)}${response}`), score(`${promptOf.get(prompt_id)}${opponent}`)]
      expect(own).toBe(mine)
      expect(outcome).toBe(mine > theirs ? 1 : mine < theirs ? 0 : 0.5)
    }
  })

  test("says how far a checkpoint has moved, and what it makes of given pairs, ties left out", async () => {
    const { evaluation, classification } = at(30)
    for (const { kl } of evaluation) expect(kl).toBeGreaterThan(0)
    const given = (await preferences.read()).filter(({ tie }) => !tie)
    const rows = classification.filter(({ pair_source }) => pair_source === "preferences")
    expect(rows.map(({ pair_id }) => pair_id)).toEqual(given.map(({ pair_id }) => pair_id))
    const divergences = new Divergences(configuration, parameters, oneThread)
    const side = (of: "chosen" | "rejected") =>
      divergences.of(
        moved,
        given.map((pair) => ({ prompt: promptTokens(tokenizer, pair.prompt), response: responseTokens(tokenizer, pair[of]) })),
      )
    const [chosen, rejected] = [await side("chosen"), await side("rejected")]
    for (const [index, { margin, correct }] of rows.entries()) {
      expect(margin).toBeCloseTo((chosen[index]?.ratio as number) - (rejected[index]?.ratio as number), 4)
      expect(correct).toBe(margin > 0)
    }
  })

  test("takes the same prompts and draws the same responses in every run that it is given", async () => {
    const alone = await evaluated(await runOf({ 30: moved, 100: shifted(0.05) }))
    expect(alone.evaluation.filter(({ step }) => step === 30)).toEqual(at(30).evaluation)
  })

  test("is the same twice for one seed, and on other prompts for another", async () => {
    const few = { count: 20 }
    const [one, again, other] = [await evaluated(run, few), await evaluated(run, few), await evaluated(run, { ...few, seed: 1 })]
    for (const output of ["evaluation", "classification"] as const) expect(again.outputs[output].digest).toBe(one.outputs[output].digest)
    expect(other.evaluation.map(({ prompt_id }) => prompt_id)).not.toEqual(one.evaluation.map(({ prompt_id }) => prompt_id))
  })

  test("takes all prompts where there are fewer than asked for, and is refused where there are none", async () => {
    expect((await evaluated(run, { split: "train" })).evaluation).toHaveLength(2 * 36)
    const none = new MemoryTable(promptColumns, promptRows(prompts36))
    await expect(
      runStage(evaluate, { run, reference, prompts: none, opponent: reference, judge: goldJudge, preferences: undefined }, {}),
    ).rejects.toMatchObject({ tag: "NoPrompts" })
  })

  test("can do without preferences", async () => {
    const { classification } = await runStage(
      evaluate,
      { run, reference, prompts, opponent: reference, judge: goldJudge, preferences: undefined },
      { count: 8, longest: 6 },
    )
    expect((await classification.read()).filter(({ pair_source }) => pair_source === "preferences")).toEqual([])
  })

  test("is refused where the policies do not speak in the same tokens", async () => {
    const stranger = reference.with({ "tokenizer.json": trainTokenizer(sentences(20), { vocabularySize: 280 }).tokenizer })
    await expect(evaluated(run, { opponent: stranger })).rejects.toMatchObject({
      tag: "NotComparable",
      message: expect.stringContaining("opponent"),
    })
  })
})
