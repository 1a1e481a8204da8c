import { describe, expect, test } from "vitest"
import { evaluation } from "../../../data/schema/index.ts"
import { normals } from "../../../engine/random/philox.ts"
import { gapDecomposition } from "../../../learning/analyse/gap-decomposition.stage.ts"
import { gapOverKl } from "../../../learning/analyse/gap-over-kl.stage.ts"
import { evaluationRow } from "../support/evaluation.ts"
import { MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"

const prompts = 40
const places = [1, 2, 3].map((world) => ({ world, seed: 1 }))

/** A run whose win rate is ½ + slope·√KL, with a little noise by prompt, up to a KL. */
const runsOf = (path: ReadonlyArray<string>, slope: number, to = 4.5) =>
  places.map((at) => ({
    path,
    at,
    input: new MemoryTable(
      evaluation,
      [0.25, 0.5, 0.75, 1].flatMap((share, step) => {
        const kl = share * to
        const noise = normals(at.world, path.join(" "), step, new Float32Array(prompts))
        return Array.from(noise, (each, prompt_id) =>
          evaluationRow({ step, prompt_id, kl, outcome: 0.5 + slope * Math.sqrt(kl) + 0.02 * each }),
        )
      }),
    ),
  }))

const svgOf = async (figure: { readonly read: (name: string) => Promise<Uint8Array> }, name: string) =>
  new TextDecoder().decode(await figure.read(name))

describe("a gap over KL", () => {
  const evaluations = [...runsOf(["online"], 0.12), ...runsOf(["offline"], 0.08), ...runsOf(["short"], 0.08, 2)]
  const arms = (second: string) => ({ first: { arm: "online" }, second: { arm: second } })
  const gaps = [
    { panel: "sentiment", series: 0.001, ...arms("offline") },
    { panel: "sentiment", series: 0.0003, ...arms("short") },
  ]
  const draw = (kl: ReadonlyArray<number>) =>
    runStage(gapOverKl, { evaluations }, { gaps, kl, names: { first: "online", second: "offline" } })

  test("has a row for each KL that all runs of both arms get to, with its interval", async () => {
    const { gaps: table, figure } = await draw([1, 2, 4])
    const rows = await table.read()
    expect(rows.map(({ panel, series, kl, worlds }) => [panel, series, kl, worlds])).toEqual([
      ["sentiment", "0.001", 1, 3],
      ["sentiment", "0.001", 2, 3],
      ["sentiment", "0.001", 4, 3],
      ["sentiment", "0.0003", 1, 3],
      ["sentiment", "0.0003", 2, 3],
    ])
    for (const { kl, effect, low, high } of rows) {
      expect(Math.abs(effect - 0.04 * Math.sqrt(kl))).toBeLessThan(0.02)
      expect(low).toBeLessThan(effect)
      expect(high).toBeGreaterThan(effect)
    }
    const svg = await svgOf(figure, "gap.svg")
    expect(svg).toContain(">3e-4<")
    expect(svg).not.toMatch(/NaN|undefined/)
  })

  test("is refused where no two arms get to any KL", async () => {
    await expect(draw([9])).rejects.toMatchObject({ tag: "NoPoints" })
  })
})

describe("a decomposition", () => {
  const evaluations = [
    ...runsOf(["offline", "gold"], 0.06),
    ...runsOf(["offline", "proxy"], 0.08),
    ...runsOf(["shuffled", "gold"], 0.07),
    ...runsOf(["online", "gold"], 0.1),
    ...runsOf(["online", "proxy"], 0.15, 3),
  ]
  const gaps = [
    {
      panel: "sentiment",
      offline: { gold: { arm: "offline gold" }, proxy: { arm: "offline proxy" } },
      online: { gold: { arm: "online gold" }, proxy: { arm: "online proxy" } },
      shuffled: { arm: "shuffled gold" },
    },
  ]

  test("has parts that add up, each what the data were made with", async () => {
    const { components, figure } = await runStage(gapDecomposition, { evaluations }, { gaps, kl: [1, 2] })
    const rows = await components.read()
    const at = (kl: number, component: string) => rows.find((row) => row.kl === kl && row.component === component)?.effect as number
    const slopes = { sampling: 0.04, order: 0.03, coverage: 0.01, labels: 0.02, interaction: 0.03, gap: 0.09 }
    for (const kl of [1, 2]) {
      for (const [component, slope] of Object.entries(slopes))
        expect(Math.abs(at(kl, component) - slope * Math.sqrt(kl)), `${component} at ${kl}`).toBeLessThan(0.02)
      expect(at(kl, "sampling") + at(kl, "labels") + at(kl, "interaction")).toBeCloseTo(at(kl, "gap"), 10)
      expect(at(kl, "order") + at(kl, "coverage")).toBeCloseTo(at(kl, "sampling"), 10)
    }
    expect(await svgOf(figure, "decomposition.svg")).not.toMatch(/NaN|undefined/)
  })

  test("leaves out a KL that one of its arms does not get to", async () => {
    const { components } = await runStage(gapDecomposition, { evaluations }, { gaps, kl: [1, 4] })
    expect(new Set((await components.read()).map(({ kl }) => kl))).toEqual(new Set([1]))
  })
})
