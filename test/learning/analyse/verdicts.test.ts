import { file } from "assay"
import { describe, expect, test } from "vitest"
import { classification, evaluation } from "../../../data/schema/index.ts"
import { uniforms } from "../../../engine/random/philox.ts"
import { type Claim, verdicts } from "../../../learning/analyse/verdicts.stage.ts"
import { reachVerdict } from "../../../learning/analyse/verdicts.ts"
import { Evaluation } from "../../../learning/artifacts.ts"
import { classificationRow, evaluationRow } from "../support/evaluation.ts"
import { MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"

const prompts = 120

/** Three checkpoints at KL 1, 2 and 3, won with these probabilities. */
const runOf = (arm: string, seed: number, rates: ReadonlyArray<number>, learningRate = 0.001) => ({
  path: [arm],
  at: { learningRate, seed },
  input: new MemoryTable(
    evaluation,
    rates.flatMap((rate, index) =>
      Array.from(uniforms(seed, arm, index, new Float32Array(prompts)), (uniform, prompt_id) =>
        evaluationRow({ step: 10 * (index + 1), prompt_id, kl: index + 1, outcome: uniform < rate ? 1 : 0 }),
      ),
    ),
  ),
})
/** Accuracies at the same checkpoints, and what became of the chosen responses. */
const classifiedOf = (arm: string, seed: number, accuracies: ReadonlyArray<number>, learningRate = 0.001) => ({
  path: [arm],
  at: { learningRate, seed },
  input: new MemoryTable(
    classification,
    accuracies.flatMap((accuracy, index) =>
      Array.from({ length: 100 }, (_, pair_id) =>
        classificationRow({
          step: 10 * (index + 1),
          pair_id,
          margin: pair_id < 100 * accuracy ? 1 : -1,
          chosen_change: -index - seed / 10 + (pair_id % 3),
          pair_source: "golden",
        }),
      ),
    ),
  ),
})
const seeds = [1, 2, 3, 4, 5]
const evaluations = seeds.flatMap((seed) => [runOf("online", seed, [0.6, 0.85, 0.9]), runOf("offline", seed, [0.55, 0.6, 0.55])])
const classifications = seeds.flatMap((seed) => [
  classifiedOf("online", seed, [0.5, 0.45, 0.4]),
  classifiedOf("offline", seed, [0.7, 0.65, 0.72]),
])

type Played = Omit<(typeof evaluations)[number], "at"> & { readonly at: Readonly<Record<string, string | number>> }

const judge = async (claims: ReadonlyArray<Claim>, given: ReadonlyArray<Played> = evaluations) => {
  const outputs = await runStage(verdicts, { evaluations: given, classifications }, { claims })
  return { rows: await outputs.verdicts.read(), text: new TextDecoder().decode(await outputs.table.read("verdicts.md")) }
}
const pair = { first: { arm: "online" }, second: { arm: "offline" }, against: "sft" }
const claim = (estimand: Claim["estimand"], direction: "above" | "below" | "within", threshold: number): Claim => ({
  claim: "a claim",
  estimand,
  direction,
  threshold,
})

describe("a verdict", () => {
  test("follows from its rule and the bounds of the estimate alone", () => {
    const of = (direction: "above" | "below" | "within", threshold: number, low: number, high: number) =>
      reachVerdict({ direction, threshold }, { low, high })
    expect([of("above", 0.1, 0.2, 0.3), of("above", 0.1, 0, 0.05), of("above", 0.1, 0.05, 0.2)]).toEqual([
      "reproduced",
      "not reproduced",
      "undecided",
    ])
    expect([of("below", 0, -2, -1), of("below", 0, 1, 2), of("below", 0, -1, 1)]).toEqual(["reproduced", "not reproduced", "undecided"])
    expect([
      of("within", 0.1, -0.05, 0.05),
      of("within", 0.1, 0.15, 0.3),
      of("within", 0.1, -0.3, -0.2),
      of("within", 0.1, -0.3, 0),
    ]).toEqual(["reproduced", "not reproduced", "not reproduced", "undecided"])
  })

  test("is given on each estimand, with estimates of what the data were made with", async () => {
    const { rows, text } = await judge([
      claim({ quantity: "win rate at equal KL", ...pair }, "above", 0.05),
      claim({ quantity: "win rate at equal KL", ...pair, first: pair.second, second: pair.first }, "above", 0),
      claim({ quantity: "peak win rate", ...pair }, "within", 0.05),
      claim({ quantity: "peak", arm: { arm: "online" }, against: "sft" }, "above", 0.5),
      claim({ quantity: "accuracy", arm: { arm: "online" }, source: "golden" }, "below", 0.6),
      claim({ quantity: "chosen change", arm: { arm: "offline" }, source: "golden" }, "below", 0),
      claim(
        { quantity: "difference of chosen change", first: { arm: "online" }, second: { arm: "offline" }, source: "golden" },
        "within",
        0.001,
      ),
      claim({ quantity: "fall from the peak", arm: { arm: "online" }, against: "sft" }, "within", 0.1),
      claim({ quantity: "correlation of accuracy with win rate", source: "golden", against: "sft" }, "below", 0),
    ])
    expect(rows.map(({ verdict }) => verdict)).toEqual([
      "reproduced",
      "not reproduced",
      "not reproduced",
      "reproduced",
      "reproduced",
      "reproduced",
      "reproduced",
      "reproduced",
      "reproduced",
    ])
    // The mean of the differences 0.05, 0.25, 0.35 along the curve.
    expect(rows[0]?.effect).toBeCloseTo(0.225, 1)
    expect(rows[1]?.effect).toBeCloseTo(-(rows[0]?.effect as number), 12)
    expect(rows[4]?.effect).toBeCloseTo(0.4, 6)
    for (const { seeds, low, high, effect } of rows) {
      expect(seeds).toBe(5)
      expect(low).toBeLessThanOrEqual(effect as number)
      expect(high).toBeGreaterThanOrEqual(effect as number)
    }
    expect(text.split("\n")[2]).toMatch(
      /^\| a claim \| win rate at equal KL \| 0\.2\d\d \[0\.\d{3}, 0\.\d{3}\] \| 5 \| above 0\.05 \| \*\*reproduced\*\* \|$/,
    )
  })

  test("is given on how a lead changes from one place of a sweep to another", async () => {
    const sized = (size: string, arm: string, rates: ReadonlyArray<number>) =>
      seeds.map((seed) => ({ ...runOf(arm, seed, rates), path: [arm], at: { size, seed } }))
    const given = [
      ...sized("small", "online", [0.6, 0.9]),
      ...sized("small", "offline", [0.5, 0.5]),
      ...sized("large", "online", [0.6, 0.9]),
      ...sized("large", "offline", [0.6, 0.9]),
    ]
    const estimand = { quantity: "change of a lead in peak win rate" as const, ...pair, from: { size: "small" }, to: { size: "large" } }
    const { rows } = await judge([claim(estimand, "below", -0.1), claim({ ...estimand, to: { size: "small" } }, "within", 0.001)], given)
    expect(rows.map(({ verdict }) => verdict)).toEqual(["reproduced", "reproduced"])
    expect(rows[0]?.effect).toBeCloseTo(-0.4, 1)
  })

  test("is undecided where nothing could be estimated", async () => {
    const { rows } = await judge([claim({ quantity: "accuracy", arm: { arm: "online" }, source: "nowhere" }, "above", 0)])
    expect(rows[0]).toMatchObject({ effect: null, low: null, high: null, seeds: 0, verdict: "undecided" })
  })

  test("is refused where an arm is not one arm, was not so played, or seeds cannot be paired", async () => {
    const more = [...evaluations, runOf("online", 1, [0.5, 0.5], 0.1)]
    const estimand = { quantity: "win rate at equal KL" as const, ...pair }
    await expect(judge([claim(estimand, "above", 0)], more)).rejects.toMatchObject({ tag: "NoSuchArm" })
    await expect(judge([claim({ ...estimand, first: { arm: "onlin" } }, "above", 0)])).rejects.toMatchObject({ tag: "NoSuchArm" })
    await expect(judge([claim({ ...estimand, against: "golden" }, "above", 0)])).rejects.toMatchObject({ tag: "NoSuchOpponent" })
    const few = claim({ ...estimand, first: { arm: "online", at: { learningRate: 0.1 } } }, "above", 0)
    await expect(judge([few], more)).rejects.toMatchObject({ tag: "Unpaired" })
  })

  test("is refused for a claim with the former field, and says what it is called now", () => {
    const former = { claim: "a claim", effect: { measure: "peak" }, direction: "above", threshold: 0 }
    const declare = () => verdicts({ evaluations: { online: file("evaluation.parquet", Evaluation) }, claims: [former as never] })
    expect(declare).toThrow('"effect" is now "estimand", and its "measure" is now "quantity"')
  })
})
