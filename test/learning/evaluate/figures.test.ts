import { describe, expect, test } from "vitest"
import { classification, evaluation } from "../../../data/schema/index.ts"
import { uniforms } from "../../../engine/random/philox.ts"
import { alongAxis } from "../../../learning/evaluate/along-axis.stage.ts"
import { overTraining } from "../../../learning/evaluate/over-training.stage.ts"
import { classificationRow, evaluationRow } from "../support/evaluation.ts"
import { MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"

const seeds = [1, 2, 3]
const prompts = 60

/** Three checkpoints; the larger the learning rate, the further online is ahead. */
const evaluations = [0.001, 0.0001].flatMap((learningRate) =>
  seeds.flatMap((seed) =>
    ["offline", "online"].map((arm) => ({
      path: [arm],
      at: { learningRate, seed },
      input: new MemoryTable(
        evaluation,
        [1, 2, 3].flatMap((kl, index) =>
          Array.from(uniforms(seed, arm, index, new Float32Array(prompts)), (uniform, prompt_id) =>
            evaluationRow({ step: kl, prompt_id, kl, outcome: uniform < (arm === "online" && learningRate === 0.001 ? 0.9 : 0.5) ? 1 : 0 }),
          ),
        ),
      ),
    })),
  ),
)
const classifications = seeds.flatMap((seed) =>
  ["offline", "online"].map((arm) => ({
    path: [arm],
    at: { seed },
    input: new MemoryTable(
      classification,
      [10, 100].flatMap((step) =>
        ["samples", "golden"].flatMap((pair_source) =>
          Array.from({ length: 40 }, (_, pair_id) =>
            classificationRow({
              step,
              pair_id,
              margin: step === 10 ? 0 : (pair_id % 4) - 0.5,
              chosen_change: -step / 100 - seed / 10,
              pair_source,
            }),
          ),
        ),
      ),
    ),
  })),
)

const svgOf = async (figure: { readonly read: (name: string) => Promise<Uint8Array> }, name: string) =>
  new TextDecoder().decode(await figure.read(name))

describe("a figure along an axis", () => {
  const drawn = () =>
    runStage(alongAxis, { evaluations }, { axis: "learningRate", baseline: "offline", title: "The gap", caption: "Ours." })

  test("has the peak of every arm and its lead over the baseline, places in order of their numbers", async () => {
    const marks = await (await drawn()).marks.read()
    const lead = marks.filter(({ panel }) => panel === "ahead of offline at equal KL, against sft")
    expect(lead.map(({ line, x, x_label, seeds }) => [line, x, x_label, seeds])).toEqual([
      ["online", 1, "0.001", 3],
      ["online", 0, "0.0001", 3],
    ])
    expect(lead[0]?.y_low).toBeGreaterThan(0.2)
    expect(lead[1]?.y_low).toBeLessThan(0)
    expect(lead[1]?.y_high).toBeGreaterThan(0)
    expect(marks.filter(({ panel }) => panel === "peak win rate against sft")).toHaveLength(4)
  })

  test("has equal bytes when drawn twice, and says what it shows", async () => {
    const [one, other] = [await svgOf((await drawn()).figure, "along-axis.svg"), await svgOf((await drawn()).figure, "along-axis.svg")]
    expect(one).toBe(other)
    expect(one).toContain("3 seeds. Ours.")
    expect(one).not.toMatch(/NaN|undefined/)
  })

  test("is refused where a run has no such axis", async () => {
    await expect(runStage(alongAxis, { evaluations }, { axis: "size", title: "" })).rejects.toMatchObject({ tag: "NoSuchAxis" })
  })
})

describe("a figure over training", () => {
  test("has accuracy and log-likelihoods by source, and no accuracy where nothing is decided", async () => {
    const { marks, figure } = await runStage(overTraining, { classifications }, {})
    const rows = await marks.read()
    const accuracies = rows.filter(({ panel, line }) => panel === "accuracy, golden" && line === "online")
    expect(accuracies.map(({ x, y }) => [x, y])).toEqual([[100, 0.75]])
    const chosen = rows.filter(({ panel, line }) => panel === "change of log π of the chosen (nats), golden" && line === "online")
    expect(chosen.map(({ y }) => y)).toEqual([expect.closeTo(-0.3, 9), expect.closeTo(-1.2, 9)])
    // The seeds differ by 0.1, so the interval holds them.
    for (const { y_low, y_high } of chosen) expect((y_high - y_low) / 2).toBeGreaterThan(0.1)
    const svg = await svgOf(figure, "over-training.svg")
    expect(svg).toContain("accuracy, samples")
    expect(svg).not.toMatch(/NaN|undefined/)
  })
})
