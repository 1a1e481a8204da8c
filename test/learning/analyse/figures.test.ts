import { describe, expect, test } from "vitest"
import { classification, evaluation } from "../../../data/schema/index.ts"
import { uniforms } from "../../../engine/random/philox.ts"
import { accuracyAgainstWinRate } from "../../../learning/analyse/accuracy-against-win-rate.stage.ts"
import { alongAxis } from "../../../learning/analyse/along-axis.stage.ts"
import { overTraining } from "../../../learning/analyse/over-training.stage.ts"
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

  test("has the win rate of every arm at one KL and its lead over the baseline, places in order of their numbers", async () => {
    const marks = await (await drawn()).marks.read()
    const lead = marks.filter(({ panel }) => panel === "ahead of offline at 2 nats, against sft")
    expect(lead.map(({ line, x, x_label, seeds }) => [line, x, x_label, seeds])).toEqual([
      ["online", 1, "0.001", 3],
      ["online", 0, "0.0001", 3],
    ])
    expect(lead[0]?.y_low).toBeGreaterThan(0.2)
    expect(lead[1]?.y_low).toBeLessThan(0)
    expect(lead[1]?.y_high).toBeGreaterThan(0)
    expect(marks.filter(({ panel }) => panel === "win rate at 2 nats against sft")).toHaveLength(4)
  })

  test("has equal bytes when drawn twice, and says what it shows", async () => {
    const [one, other] = [await svgOf((await drawn()).figure, "along-axis.svg"), await svgOf((await drawn()).figure, "along-axis.svg")]
    expect(one).toBe(other)
    expect(one).toContain("3 seeds. Ours.")
    // Of the panels, the second alone is of differences.
    expect(one.match(/panel_\d_zero/g)?.every((name) => name === "panel_1_zero")).toBe(true)
    expect(one).toContain(">learning rate<")
    expect(one).not.toMatch(/NaN|undefined/)
  })

  test("leaves out arms that do not get there, and says so where none does", async () => {
    const { marks, figure } = await runStage(alongAxis, { evaluations }, { axis: "learningRate", kl: 5, title: "The gap" })
    expect(await marks.read()).toEqual([])
    const svg = await svgOf(figure, "along-axis.svg")
    expect(svg).toContain("No arm gets to 5 nats.")
    expect(svg).toContain("The gap")
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

  test("shows the sources that are asked for, and refuses one that no pair is of", async () => {
    const { marks } = await runStage(overTraining, { classifications }, { sources: ["samples"] })
    const panels = new Set((await marks.read()).map(({ panel }) => panel.replace(/.*, /, "")))
    expect([...panels]).toEqual(["samples"])
    const foreign = runStage(overTraining, { classifications }, { sources: ["samples", "stream"] })
    await expect(foreign).rejects.toMatchObject({
      tag: "NoSuchSource",
      message: expect.stringContaining('got "stream". There are: samples, golden.'),
    })
  })
})

describe("a figure of accuracy against win rate", () => {
  /**
   * Four checkpoints of an arm: how often it orders pairs rightly (of 40; null where it equals its
   * reference), and how often it wins (of 60 prompts).
   */
  const arm = (name: string, rightOf40: ReadonlyArray<number | null>, wins: ReadonlyArray<number>) =>
    seeds.map((seed) => ({
      evaluation: {
        path: [name],
        at: { seed },
        input: new MemoryTable(
          evaluation,
          wins.flatMap((won, index) =>
            Array.from({ length: prompts }, (_, prompt_id) =>
              evaluationRow({ step: index + 1, prompt_id, kl: index, outcome: prompt_id < won + seed ? 1 : 0 }),
            ),
          ),
        ),
      },
      classification: {
        path: [name],
        at: { seed },
        input: new MemoryTable(
          classification,
          rightOf40.flatMap((right, index) =>
            Array.from({ length: 40 }, (_, pair_id) =>
              classificationRow({ step: index + 1, pair_id, margin: right === null ? 0 : pair_id < right ? 1 : -1, pair_source: "golden" }),
            ),
          ),
        ),
      },
    }))
  const drawn = async (runs: ReturnType<typeof arm>) => {
    const inputs = { evaluations: runs.map((each) => each.evaluation), classifications: runs.map((each) => each.classification) }
    const { marks, figure } = await runStage(accuracyAgainstWinRate, inputs, { title: "Accuracy and win rate" })
    return { marks: await marks.read(), svg: await svgOf(figure, "accuracy-against-win-rate.svg") }
  }
  const rising = arm("online", [null, 22, 26, 30], [30, 36, 42, 48])

  test("has a mark for each checkpoint that classifies, at its accuracy and its win rate over seeds", async () => {
    const { marks, svg } = await drawn(rising)
    expect(marks.map(({ line, x, y, seeds }) => [line, x, y, seeds])).toEqual(
      [36, 42, 48].map((won, index) => ["online", (22 + 4 * index) / 40, expect.closeTo((won + 2) / prompts, 9), 3]),
    )
    for (const { y, y_low, y_high } of marks) expect(y_low < y && y < y_high).toBe(true)
    // Accuracies along the axis are shares as they are.
    expect(svg).toMatch(/>0\.\d+</)
    expect(svg).not.toMatch(/>\d+m</)
    expect(svg).not.toMatch(/NaN|undefined/)
  })

  test("says how the two go together", async () => {
    const together = (await drawn(rising)).marks[0]?.panel
    expect(together).toBe("win rate against sft, accuracy on golden: slope within runs 1.15 [0.45, 1.85]")
    const apart = (await drawn(arm("offline", [32, 28, 26, 22], [30, 36, 42, 48]))).marks[0]?.panel
    expect(apart).toMatch(/: slope within runs −1\.23 \[−\d\.\d\d, −0\.\d\d\]$/)
  })
})
