import { describe, expect, test } from "vitest"
import { normals, uniforms } from "../../../engine/random/philox.ts"
import { type Evidence, estimate } from "../../../learning/analyse/estimand.ts"
import { armsOf, type EvaluatedRun } from "../../../learning/analyse/runs.ts"
import { evaluationRow } from "../support/evaluation.ts"

const prompts = 60
const seeds = [1, 2, 3]

/**
 * A run whose outcomes are those of its seed, plus `lead` at every prompt; KL is that of its seed
 * too.
 */
const runOf = (arm: string, seed: number, lead: number): EvaluatedRun => {
  const noise = normals(seed, "KL", 0, new Float32Array(prompts))
  const checkpoints = [1, 2, 3].map((step) => ({
    step,
    rows: Array.from(uniforms(seed, "outcomes", step, new Float32Array(prompts)), (uniform, prompt_id) =>
      evaluationRow({ step, prompt_id, kl: step + 0.1 * (noise[prompt_id] as number), outcome: uniform / 2 + lead }),
    ),
  }))
  return { path: [arm], axes: {}, seed, against: new Map([["sft", checkpoints]]) }
}

const evidenceOf = (runs: ReadonlyArray<EvaluatedRun>): Evidence => ({ arms: armsOf(runs), classificationOf: () => [] })
const evidence = evidenceOf(seeds.flatMap((seed) => [runOf("base", seed, 0), runOf("ahead", seed, 0.25)]))
const [ahead, base] = [
  { arm: "ahead", at: {} },
  { arm: "base", at: {} },
]

describe("a difference of two arms", () => {
  test.each(["win rate at equal KL", "peak win rate"] as const)("(%s) is paired: what both share cancels", (quantity) => {
    const lead = estimate({ quantity, first: ahead, second: base, against: "sft" }, evidence)
    expect(lead?.estimate).toBeCloseTo(0.25, 6)
    expect((lead?.high as number) - (lead?.low as number)).toBeLessThan(1e-6)
    expect(estimate({ quantity, first: base, second: ahead, against: "sft" }, evidence)?.estimate).toBeCloseTo(-0.25, 6)
  })

  test("is undefined at equal KL where the arms have no KL in common", () => {
    const far = seeds.map((seed) => {
      const run = runOf("ahead", seed, 0)
      const moved = run.against.get("sft")?.map(({ step, rows }) => ({ step, rows: rows.map((row) => ({ ...row, kl: row.kl + 10 })) }))
      return { ...run, against: new Map([["sft", moved ?? []]]) }
    })
    const apart = evidenceOf([...seeds.map((seed) => runOf("base", seed, 0)), ...far])
    expect(estimate({ quantity: "win rate at equal KL", first: ahead, second: base, against: "sft" }, apart)).toBeUndefined()
  })

  test("is refused where seeds or prompts cannot be paired", () => {
    const estimateLead = (runs: ReadonlyArray<EvaluatedRun>) => () =>
      estimate({ quantity: "peak win rate", first: ahead, second: base, against: "sft" }, evidenceOf(runs))
    expect(estimateLead([runOf("base", 1, 0), runOf("ahead", 2, 0)])).toThrow(expect.objectContaining({ tag: "Unpaired" }))
    const long = runOf("base", 1, 0)
    const short = runOf("ahead", 1, 0)
    const cut = short.against.get("sft")?.map(({ step, rows }) => ({ step, rows: rows.slice(1) })) ?? []
    expect(estimateLead([long, { ...short, against: new Map([["sft", cut]]) }])).toThrow(expect.objectContaining({ tag: "Unpaired" }))
  })
})
