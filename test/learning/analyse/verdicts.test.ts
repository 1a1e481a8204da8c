import { describe, expect, test } from "vitest"
import { classification, evaluation } from "../../../data/schema/index.ts"
import { uniforms } from "../../../engine/random/philox.ts"
import type { Claim } from "../../../learning/analyse/claim.ts"
import { verdicts } from "../../../learning/analyse/verdicts.stage.ts"
import { classificationRow, evaluationRow } from "../support/evaluation.ts"
import { MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"

const prompts = 150

/** Checkpoints at KL 1, 2, 3 and 4, won with these probabilities. */
const runOf = (arm: string, at: Readonly<Record<string, string | number>>, rates: ReadonlyArray<number>) => ({
  path: [arm],
  at,
  input: new MemoryTable(
    evaluation,
    rates.flatMap((rate, index) =>
      Array.from(uniforms(Number(at.seed), `${arm} ${at.world}`, index, new Float32Array(prompts)), (uniform, prompt_id) =>
        evaluationRow({ step: 10 * (index + 1), prompt_id, kl: index + 1, outcome: uniform < rate ? 1 : 0 }),
      ),
    ),
  ),
})
const classifiedOf = (arm: string, at: Readonly<Record<string, string | number>>, accuracies: ReadonlyArray<number>) => ({
  path: [arm],
  at,
  input: new MemoryTable(
    classification,
    accuracies.flatMap((accuracy, index) =>
      Array.from({ length: 100 }, (_, pair_id) =>
        classificationRow({ step: 10 * (index + 1), pair_id, margin: pair_id < 100 * accuracy ? 1 : -1, pair_source: "golden" }),
      ),
    ),
  ),
})
const worlds = [1, 2, 3, 4]
const places = worlds.flatMap((world) => [1, 2].map((seed) => ({ world, seed })))
const evaluations = places.flatMap((at) => [runOf("online", at, [0.7, 0.8, 0.85, 0.88]), runOf("offline", at, [0.6, 0.64, 0.66, 0.67])])
const classifications = places.flatMap((at) => ["online", "offline"].map((arm) => classifiedOf(arm, at, [0.6, 0.65, 0.7, 0.72])))

const judge = async (claims: ReadonlyArray<Claim>, given = evaluations) => {
  const outputs = await runStage(verdicts, { evaluations: given, classifications }, { claims })
  return {
    rows: await outputs.verdicts.read(),
    estimates: await outputs.estimates.read(),
    text: new TextDecoder().decode(await outputs.table.read("verdicts.md")),
  }
}
const pair = { first: { arm: "online" }, second: { arm: "offline" }, against: "sft" }
const gap: Claim = { claim: "online is above", estimand: { quantity: "gap", ...pair, kl: 2 }, direction: "above", threshold: 0 }

describe("verdicts", () => {
  test("say of each claim what the data were made with, in the order in which they were written", async () => {
    const { rows, estimates, text } = await judge([
      { ...gap, family: "primary" },
      { ...gap, claim: "online | equals", direction: "within", threshold: 0.03 },
      { ...gap, claim: "too far", estimand: { quantity: "gap", ...pair, kl: 8 } },
      { ...gap, claim: "it classifies", estimand: { quantity: "accuracy", arm: "online", source: "golden", kl: 2 }, threshold: 0.53 },
      {
        ...gap,
        claim: "it has learned",
        family: "check",
        estimand: { quantity: "win rate", arm: "online", against: "sft", kl: 2 },
        threshold: 0.6,
      },
    ])
    expect(rows.map(({ claim, family, verdict }) => [claim, family, verdict])).toEqual([
      ["online is above", "primary", "supported"],
      ["online | equals", "exploratory", "opposite"],
      ["too far", "exploratory", "not measurable"],
      ["it classifies", "exploratory", "supported"],
      ["it has learned", "check", "supported"],
    ])
    expect(rows[0]).toMatchObject({
      measure: "gap",
      against: "sft",
      kl: 2,
      rule: "above 0",
      margin: 0.03,
      worlds: 4,
      seeds: 2,
      reason: null,
    })
    // 0.16 of 1,200 responses an arm: the standard error is 0.018.
    expect(Math.abs((rows[0]?.effect as number) - 0.16)).toBeLessThan(0.05)
    expect(rows[0]?.low).toBeLessThan(rows[0]?.effect as number)
    expect(rows[2]).toMatchObject({ effect: null, low: null, p: null, detectable: null, worlds: 0 })
    expect(rows[2]?.reason).toMatch(/^all runs of online end before 8 nats, at 4\.00; all runs of offline end/)
    expect(rows[3]?.effect).toBeCloseTo(0.655, 2)
    expect(rows[3]).toMatchObject({ against: null, margin: null })
    expect(estimates).toHaveLength(5)
    expect(text).toMatch(
      /\*\*Primary claims \(Holm\)\*\*\n\n\| claim \| .*\n.*\n\| online is above \| 0\.\d{3} \[0\.\d{3}, 0\.\d{3}\] \| above 0, δ 0\.03 \| < 0\.001 \| ▲ \*\*supported\*\* \|/,
    )
    expect(text).toContain("| online \\| equals |")
    expect(text).toMatch(/\| too far \| — \| .* \| – \*\*not measurable\*\*: all runs of online/)
  })

  test("keep the components of variance, and they add up to the standard error", async () => {
    const { estimates } = await judge([gap])
    const [row] = estimates
    expect(row).toMatchObject({ part: 1, worlds: 4, seeds: 2, prompts, direction: "above", threshold: 0 })
    const { sd_world, sd_seed, sd_sampling, sd_prompt, se } = row as (typeof estimates)[number]
    // The outcomes of two arms are independent coins, at 0.8 and 0.64, on a curve that averages
    // checkpoints.
    expect(sd_sampling).toBeGreaterThan(0.3)
    expect(sd_sampling).toBeLessThan(0.63)
    const variance =
      (sd_world as number) ** 2 / 4 +
      (sd_seed as number) ** 2 / 8 +
      (sd_sampling as number) ** 2 / (8 * prompts) +
      (sd_prompt as number) ** 2 / prompts
    expect(Math.sqrt(variance) / (se as number)).toBeGreaterThan(0.95)
    expect(Math.sqrt(variance) / (se as number)).toBeLessThan(1.3)
  })

  test("of a claim with several conditions rest on the one that is hardest to support", async () => {
    const { rows, estimates } = await judge([
      {
        ...gap,
        and: [
          {
            estimand: { quantity: "gap", first: { arm: "online" }, second: { arm: "online" }, against: "sft", kl: 3 },
            direction: "above",
            threshold: 0,
          },
        ],
      },
    ])
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ kl: 3, effect: 0, verdict: "negligible" })
    expect(estimates.map(({ part, kl }) => [part, kl])).toEqual([
      [1, 2],
      [2, 3],
    ])
  })

  test("are refused where an arm is not one arm, was not so played, or cannot be paired", async () => {
    const more = [...evaluations, runOf("online", { world: 1, seed: 1, learningRate: 0.1 }, [0.5, 0.5])]
    await expect(judge([gap], more)).rejects.toMatchObject({ tag: "NoSuchArm" })
    const at = (estimand: Partial<typeof pair>): Claim => ({ ...gap, estimand: { quantity: "gap", ...pair, ...estimand, kl: 2 } })
    await expect(judge([at({ first: { arm: "onlin" } })])).rejects.toMatchObject({ tag: "NoSuchArm" })
    await expect(judge([at({ against: "golden" })])).rejects.toMatchObject({ tag: "NoSuchOpponent" })
    await expect(judge([at({})], evaluations.slice(1))).rejects.toMatchObject({ tag: "Unpaired" })
  })

  test("average several responses to a prompt: they are one observation", async () => {
    const twice = await Promise.all(
      evaluations.map(async (member) => {
        const rows = await member.input.read()
        return { ...member, input: new MemoryTable(evaluation, [...rows, ...rows]) }
      }),
    )
    const [once, repeated] = [await judge([gap]), await judge([gap], twice)]
    expect(repeated.rows).toEqual(once.rows)
  })
})
