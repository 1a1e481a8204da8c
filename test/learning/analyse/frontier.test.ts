import { describe, expect, test } from "vitest"
import { classification, evaluation, metrics as metricColumns, oracle as oracleColumns } from "../../../data/schema/index.ts"
import { frontier } from "../../../learning/analyse/frontier.stage.ts"
import { classificationRow, evaluationRow } from "../support/evaluation.ts"
import { MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"

type Member = Readonly<Record<string, string | number | boolean>>

const row = (step: number, prompt_id: number, outcome: number, kl: number, score: number | null) =>
  evaluationRow({ step, prompt_id, outcome, kl, score })

/** Two checkpoints on four prompts. */
const evaluationOf = (path: ReadonlyArray<string>, at: Member, shift: number, score: number | null = 0.5) => ({
  path,
  at,
  input: new MemoryTable(evaluation, [
    ...[1, 1, 0.5, 0].map((outcome, prompt) => row(10, prompt, outcome, 1 + prompt + shift, score)),
    ...[1, 1, 1, 0.5].map((outcome, prompt) => row(200, prompt, outcome, 4 + shift, score)),
  ]),
})
const classificationOf = (path: ReadonlyArray<string>, at: Member, sources: ReadonlyArray<string>) => ({
  path,
  at,
  input: new MemoryTable(
    classification,
    sources.flatMap((pair_source) =>
      [2, -1, 3, 0].map((margin, pair_id) =>
        classificationRow({ step: 10, pair_id, margin: pair_source === "samples" ? -1 : margin, pair_source }),
      ),
    ),
  ),
})

/** One step on so many pairs, all useful, out of a table of 100 gold labels. */
const metricsOf = (arm: string, seed: number, pairs: number) => ({
  path: [arm],
  at: { beta: 0.1, seed },
  input: new MemoryTable(
    metricColumns,
    Object.entries({ pairs, useful_pairs: pairs, labels_gold: 100 }).map(([name, value]) => ({ step: 1, name, value })),
  ),
})

const drawn = async (
  evaluations: ReadonlyArray<ReturnType<typeof evaluationOf>>,
  classifications: ReadonlyArray<ReturnType<typeof classificationOf>> = [],
  parameters: Omit<Parameters<typeof frontier>[0], "evaluations" | "classifications" | "metrics" | "oracle"> = {},
  metrics: ReadonlyArray<ReturnType<typeof metricsOf>> = [],
  oracles: ReadonlyArray<MemoryTable<typeof oracleColumns>> = [],
) => {
  const wired = { evaluations, classifications, metrics, oracle: oracles.map((input, world) => ({ path: [], at: { world }, input })) }
  const { points, figure } = await runStage(frontier, wired, parameters)
  return { points: await points.read(), svg: new TextDecoder().decode(await figure.read("frontier.svg")), names: figure.names }
}

describe("the points of a frontier", () => {
  test("are the means of each checkpoint over its prompts, inside their intervals", async () => {
    const { points } = await drawn([evaluationOf(["online"], { beta: 0.1, seed: 7 }, 0)])
    expect(points).toHaveLength(2)
    expect(points[0]).toMatchObject({ arm: "online", beta: 0.1, seed: 7, step: 10, kl: 2.5, win_rate: 0.625, reward: 0.5, accuracy: null })
    expect(points[1]).toMatchObject({ step: 200, kl: 4, win_rate: 0.875 })
    for (const { kl, kl_low, kl_high, win_rate, win_low, win_high } of points) {
      expect(kl_low).toBeLessThanOrEqual(kl)
      expect(kl_high).toBeGreaterThanOrEqual(kl)
      expect(win_low).toBeLessThan(win_rate)
      expect(win_high).toBeGreaterThanOrEqual(win_rate)
    }
    // All four prompts alike: nothing to resample.
    expect(points[1]).toMatchObject({ kl_low: 4, kl_high: 4 })
  })

  test("of several seeds are there one by one and together, each β and each arm for itself", async () => {
    const at = [
      ["online", 0.1, 1, 0],
      ["online", 0.1, 2, 2],
      ["online", 0.5, 1, 4],
      ["offline", 0.1, 1, 6],
    ] as const
    const { points } = await drawn(at.map(([arm, beta, seed, shift]) => evaluationOf([arm], { beta, seed }, shift)))
    const last = points.filter(({ step }) => step === 200).map(({ arm, beta, seed, kl }) => [arm, beta, seed, kl])
    expect(last).toEqual([
      ["online", 0.1, 1, 4],
      ["online", 0.1, 2, 6],
      ["online", 0.5, 1, 8],
      ["offline", 0.1, 1, 10],
      ["online", 0.1, null, 5],
    ])
    // What differs between seeds is in the interval of both.
    const both = points.find(({ step, seed }) => step === 200 && seed === null)
    expect(both?.kl_low).toBeLessThanOrEqual(4)
    expect(both?.kl_high).toBeGreaterThanOrEqual(6)
  })

  test("have the names of their paths and of the axes that differ and are neither β nor seed", async () => {
    const { points } = await drawn([
      evaluationOf(["small", "online"], { learningRate: 0.001, seed: 1 }, 0),
      evaluationOf([], { seed: 1 }, 0),
    ])
    expect(points.filter(({ step }) => step === 10).map(({ arm, beta, seed }) => [arm, beta, seed])).toEqual([
      ["small online learningRate=0.001", null, 1],
      ["policy", null, 1],
    ])
  })

  test("have the accuracy of their own classification on given pairs, undecided ones left out; else on samples", async () => {
    const here = { beta: 0.1, seed: 1 }
    const evaluations = [evaluationOf(["online"], here, 0), evaluationOf(["offline"], here, 0)]
    const { points } = await drawn(evaluations, [
      classificationOf(["offline"], here, ["samples"]),
      classificationOf(["online"], here, ["samples", "preferences"]),
    ])
    expect(points.map(({ arm, step, accuracy }) => [arm, step, accuracy])).toEqual([
      ["online", 10, 2 / 3],
      ["online", 200, null],
      ["offline", 10, 0],
      ["offline", 200, null],
    ])
  })

  test("are of prompts: several responses to one count as their mean", async () => {
    const { points: once } = await drawn([evaluationOf(["online"], { seed: 1 }, 0)])
    const doubled = [1, 1, 0.5, 0].flatMap((outcome, prompt) =>
      [0, 1].map((sample) => ({ ...row(10, prompt, outcome, 1 + prompt, 0.5), sample })),
    )
    const { points } = await drawn([{ path: ["online"], at: { seed: 1 }, input: new MemoryTable(evaluation, doubled) }])
    // Taken for eight prompts, they would have narrower intervals.
    expect(points[0]).toEqual(once[0])
  })

  test("are over all seeds only at steps that all seeds have", async () => {
    const short = { ...evaluationOf(["online"], { seed: 2 }, 0) }
    const rows = (await short.input.read()).filter(({ step }) => step === 200)
    const { points } = await drawn([evaluationOf(["online"], { seed: 1 }, 0), { ...short, input: new MemoryTable(evaluation, rows) }])
    expect(points.map(({ seed, step }) => [seed, step])).toEqual([
      [1, 10],
      [1, 200],
      [2, 200],
      [null, 200],
    ])
  })

  test("of several worlds are one by one and together, and their interval is that of the worlds' means", async () => {
    const at = [
      ["a", 1, 0],
      ["a", 2, 2],
      ["b", 1, 6],
      ["b", 2, 8],
    ] as const
    const { points, svg } = await drawn(at.map(([world, seed, shift]) => evaluationOf(["online"], { world, seed }, shift)))
    const last = points.filter(({ step }) => step === 200)
    expect(last.map(({ world, seed, kl }) => [world, seed, kl])).toEqual([
      ["a", 1, 4],
      ["a", 2, 6],
      ["b", 1, 10],
      ["b", 2, 12],
      [null, null, 8],
    ])
    const { points: ofMeans } = await drawn([1, 7].map((shift, index) => evaluationOf(["online"], { seed: index }, shift)))
    const bounds = (all: typeof points) =>
      all.filter(({ step, seed }) => step === 200 && seed === null).map(({ kl_low, kl_high }) => [kl_low, kl_high])
    expect(bounds(points)).toEqual(bounds(ofMeans))
    expect(svg).toContain("2 worlds")
  })

  test("of worlds that were asked different prompts are only one by one", async () => {
    const own = evaluationOf(["online"], { world: "a", seed: 1 }, 0)
    const other = { ...evaluationOf(["online"], { world: "b", seed: 1 }, 0), input: new MemoryTable(evaluation, [row(10, 7, 1, 1, 0)]) }
    const { points } = await drawn([own, other])
    expect(points.map(({ world, step }) => [world, step])).toEqual([
      ["a", 10],
      ["a", 200],
      ["b", 10],
    ])
  })

  test("have no reward where the judge gives no scores", async () => {
    expect((await drawn([evaluationOf(["online"], {}, 0, null)])).points[0]?.reward).toBeNull()
  })
})

test("the figure shows every point, says against whom, and has the title it is given", async () => {
  const { svg, names, points } = await drawn([evaluationOf(["online"], { seed: 1 }, 0)], [], {
    title: "Ours",
    caption: "Gold was learned.",
  })
  expect(names).toEqual(["frontier.svg"])
  expect(svg).toContain("Ours")
  expect(svg).toContain("win rate against SFT")
  expect(svg).toContain("Gold was learned.")
  expect(points).toHaveLength(2)
  expect(svg).toContain("KL 2.50 nats, win rate 0.625")
  expect(svg).toContain("KL 4.00 nats, win rate 0.875")
})

describe("a frontier with an oracle", () => {
  const oracleOf = (points: ReadonlyArray<readonly [kl: number, winRate: number]>) =>
    new MemoryTable(
      oracleColumns,
      points.map(([kl, win_rate]) => ({
        arm: "oracle",
        against: "sft",
        beta: 1,
        kl,
        win_rate,
        win_low: win_rate,
        win_high: win_rate,
        bias: null,
        prompts: 4,
        samples: 256,
      })),
    )
  const oracle = oracleOf([
    [0.01, 0.51],
    [1, 0.75],
    [4, 0.95],
  ])
  const atKl = (kl: number, outcome: number) => ({
    path: ["online"],
    at: { seed: 1 },
    input: new MemoryTable(evaluation, [row(1, 0, outcome, kl, 0)]),
  })
  const efficiencyAt = async (kl: number, outcome: number, oracles = [oracle]) =>
    (await drawn([atKl(kl, outcome)], [], {}, [], oracles)).points[0]?.efficiency

  test("has for each point its share of the oracle's gain over the reference at the same KL", async () => {
    expect(await efficiencyAt(4, 0.95)).toBeCloseTo(1, 12)
    expect(await efficiencyAt(4, 0.5)).toBe(0)
    expect(await efficiencyAt(1, 0.6)).toBeCloseTo(0.4, 12)
    // Half of the way from 1 to 4 in √KL.
    expect(await efficiencyAt(2.25, 0.6)).toBeCloseTo(0.1 / 0.35, 12)
  })

  test("has none beyond the oracle, where that gains next to nothing, or against another opponent", async () => {
    expect(await efficiencyAt(4.1, 0.9)).toBeNull()
    expect(await efficiencyAt(0.01, 0.6)).toBeNull()
    const golden = { ...atKl(1, 0.6), input: new MemoryTable(evaluation, [{ ...row(1, 0, 0.6, 1, 0), against: "golden" }]) }
    expect((await drawn([golden], [], {}, [], [oracle])).points[0]?.efficiency).toBeNull()
  })

  test("averages the oracles of several references, as far as all of them go", async () => {
    const other = oracleOf([[1, 0.85]])
    expect(await efficiencyAt(1, 0.6, [oracle, other])).toBeCloseTo(0.1 / 0.3, 12)
    expect(await efficiencyAt(2, 0.6, [oracle, other])).toBeNull()
  })

  test("says so in its caption", async () => {
    const said = async (oracles: ReadonlyArray<typeof oracle>) =>
      (await drawn([atKl(1, 0.6)], [], {}, [], oracles)).svg.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ")
    expect(await said([oracle])).toContain("Grey line: the highest win rate that any policy can have at this KL.")
    expect(await said([])).not.toContain("Grey line")
  })
})

describe("the caption of a frontier", () => {
  const evaluations = ["online", "offline"].map((arm) => evaluationOf([arm], { beta: 0.1, seed: 1 }, 0))
  const captioned = async (...spent: ReadonlyArray<readonly [arm: string, seed: number, pairs: number]>) => {
    const { svg } = await drawn(
      evaluations,
      [],
      {},
      spent.map((one) => metricsOf(...one)),
    )
    return svg.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ")
  }

  test("says where the budgets of its arms differ, on average over seeds", async () => {
    const words = await captioned(["online", 1, 32], ["online", 2, 30], ["offline", 1, 64])
    expect(words).toContain("Budgets differ in pairs: 31 (online), 64 (offline); useful pairs: 31 (online), 64 (offline).")
  })

  test("says that they do not, but for a fiftieth", async () => {
    expect(await captioned(["online", 1, 99], ["offline", 1, 100])).toContain("Budgets of all arms are equal in steps, pairs and labels.")
  })

  test("says nothing of budgets that it was not given", async () => {
    expect(await captioned()).not.toContain("Budgets")
  })
})

test("seeds that were not asked the same prompts are refused", async () => {
  const one = evaluationOf(["online"], { seed: 1 }, 0)
  const other = { ...evaluationOf(["online"], { seed: 2 }, 0), input: new MemoryTable(evaluation, [row(10, 0, 1, 1, 0)]) }
  await expect(drawn([one, other])).rejects.toMatchObject({ tag: "Unpaired" })
})
