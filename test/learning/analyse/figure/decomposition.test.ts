import { describe, expect, test } from "vitest"
import { decompositionFigure } from "../../../../learning/analyse/figure/decomposition.ts"
import { type Component, type DecompositionRow, decompositionHeadline } from "../../../../learning/analyse/figure/decomposition-parts.ts"
import { attributeOf, marksOf, textsOf } from "../../support/svg.ts"

const row = (component: Component, effect: number, { panel = "sentiment", kl = 1, half = 0.01 } = {}): DecompositionRow => ({
  panel,
  kl,
  component,
  effect,
  low: effect - half,
  high: effect + half,
  worlds: 4,
})
const place = (where: { readonly panel?: string; readonly kl?: number } = {}) => [
  row("gap", 0.03, where),
  row("sampling", 0.04, where),
  row("labels", -0.005, where),
  row("interaction", -0.005, where),
]
const options = { first: "online", second: "offline" }

describe("the figure of what a gap is made of", () => {
  test("has equal bytes when drawn twice, and stands alone", async () => {
    const rows = [...place(), ...place({ kl: 3 }), ...place({ panel: "tldr" })]
    const svg = await decompositionFigure(rows, options)
    expect(await decompositionFigure(rows, options)).toBe(svg)
    expect(svg).not.toMatch(/href=|NaN|undefined/)
  })

  test("reads as a sum: components in order, then the gap that they add up to, with their values", async () => {
    const svg = await decompositionFigure(place(), options)
    expect(textsOf(marksOf(svg, /panel_0_(gap_)?names/))).toEqual(["sampling", "+ labels", "+ interaction", "= gap"])
    expect(textsOf(marksOf(svg, /panel_0_(gap_)?values/))).toEqual(["+0.040", "−0.005", "−0.005", "+0.030"])
  })

  test("draws a bar from 0 and an interval per component, and a group per KL under each task", async () => {
    const svg = await decompositionFigure([...place({ kl: 3 }), ...place(), ...place({ panel: "tldr" })], options)
    const bars = marksOf(svg, /panel_\d_bars/)
    expect(bars).toHaveLength(12)
    expect(attributeOf(bars[0], "aria-label")).toBe("sentiment, KL 1 nats, sampling: +0.040 (+0.030 to +0.050)")
    expect(marksOf(svg, /panel_\d_intervals/)).toHaveLength(12)
    expect(textsOf(marksOf(svg, /panel_0_groups/))).toEqual(["at 1 nat", "at 3 nats"])
    expect(textsOf(marksOf(svg, /panel_1_groups/))).toEqual(["at 1 nat"])
  })

  test("shows order and coverage as parts of sampling, which do not count in the sum", async () => {
    const svg = await decompositionFigure([...place(), row("order", 0.01), row("coverage", 0.03)], options)
    expect(textsOf(marksOf(svg, /panel_0_(gap_)?names/))).toEqual([
      "sampling",
      "of which order",
      "of which coverage",
      "+ labels",
      "+ interaction",
      "= gap",
    ])
  })

  test("refuses components that do not add up to the gap", async () => {
    const wrong = [...place(), row("gap", 0.05, { kl: 3 }), row("sampling", 0.04, { kl: 3 })]
    await expect(decompositionFigure(wrong, options)).rejects.toMatchObject({
      tag: "DoesNotAddUp",
      message: expect.stringContaining("at 3 nats"),
    })
  })

  test("refuses to draw nothing, and values that are not numbers", async () => {
    await expect(decompositionFigure([], options)).rejects.toMatchObject({ tag: "NoPoints" })
    await expect(decompositionFigure([row("gap", Number.NaN)], options)).rejects.toMatchObject({ tag: "NotFinite" })
  })

  test("has no text smaller than tick labels", async () => {
    const svg = await decompositionFigure(place(), options)
    for (const [, size] of svg.matchAll(/font-size="([\d.]+)px"/g)) expect(Number(size)).toBeGreaterThanOrEqual(10)
  })
})

test("the headline says in how many places the interval of each component excludes 0", () => {
  expect(decompositionHeadline([...place(), ...place({ kl: 3 })])).toBe(
    "Sampling differs from 0 in 2 of 2 places, labels in none and interaction in none",
  )
  expect(decompositionHeadline([row("gap", 0), row("labels", 0.02), row("sampling", -0.02, { half: 0.05 })])).toBe(
    "Labels differ from 0 in 1 of 1 place, sampling in none",
  )
  expect(decompositionHeadline([row("labels", 0.005), row("sampling", 0.001)])).toBe("No component of the gap can be told from 0")
})
