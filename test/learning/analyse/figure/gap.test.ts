import { describe, expect, test } from "vitest"
import { gapFigure } from "../../../../learning/analyse/figure/gap.ts"
import { type GapRow, gapHeadline } from "../../../../learning/analyse/figure/gap-headline.ts"
import { idealGapLine } from "../../../../learning/analyse/figure/ideal-gap.ts"
import { lightness } from "../../support/lightness.ts"
import { attributeOf, marksOf, placeOf, textsOf } from "../../support/svg.ts"

const row = (series: number | string, kl: number, effect: number, panel = "sentiment", half = 0.02): GapRow => ({
  panel,
  series,
  kl,
  effect,
  low: effect - half,
  high: effect + half,
  worlds: 4,
})
const options = { first: "online", second: "offline", seriesName: "learning rate" }

/** 1e-4 gets to 2 nats only. */
const rows = ["sentiment", "tldr"].flatMap((panel) => [
  ...[1, 2, 3, 4].map((kl) => row(0.001, kl, 0.03 * kl - 0.02, panel)),
  ...[1, 2].map((kl) => row(0.0001, kl, -0.01, panel)),
])

describe("the figure of a gap against KL", () => {
  test("has equal bytes when drawn twice, and stands alone", async () => {
    const svg = await gapFigure(rows, options)
    expect(await gapFigure(rows, options)).toBe(svg)
    expect(svg).not.toMatch(/href=|NaN|undefined/)
  })

  test("has a panel per task, with a rule at 0, and a mark with its reading per row", async () => {
    const svg = await gapFigure(rows, options)
    expect(marksOf(svg, /panel_\d_zero/)).toHaveLength(2)
    const marks = marksOf(svg, /panel_\d_gaps/)
    expect(marks).toHaveLength(rows.length)
    expect(attributeOf(marks[4], "aria-label")).toBe("sentiment, 1e-3, KL 3 nats: +0.070 (+0.050 to +0.090)")
    expect(placeOf(marks[5]).y).toBeLessThan(placeOf(marks[2]).y)
  })

  test("draws a line with its band per series, the higher the darker, each named at its end", async () => {
    const svg = await gapFigure(rows, options)
    const [low = "", high = ""] = marksOf(svg, /panel_0_lines/).map((mark) => attributeOf(mark, "stroke") ?? "")
    expect(lightness(low)).toBeGreaterThan(lightness(high) + 30)
    expect(marksOf(svg, /panel_0_bands/).map((mark) => attributeOf(mark, "fill"))).toEqual([low, high])
    const names = marksOf(svg, /panel_0_names/)
    expect(textsOf(names)).toEqual(["1e-4", "1e-3"])
    expect(names.map((mark) => attributeOf(mark, "fill"))).toEqual([low, high])
  })

  test("marks the end of a line that others go beyond, and says so only then", async () => {
    const svg = await gapFigure(rows, options)
    expect(marksOf(svg, /panel_\d_ends/)).toHaveLength(2)
    expect(svg).toContain("an arm does not get")
    const whole = await gapFigure(
      rows.filter(({ kl }) => kl < 3),
      options,
    )
    expect(marksOf(whole, /panel_\d_ends/)).toHaveLength(0)
    expect(whole).not.toContain("an arm does not get")
  })

  test("keeps names apart where lines end together", async () => {
    const svg = await gapFigure(
      ["a", "b", "c"].map((series) => row(series, 2, 0.03)),
      options,
    )
    const heights = marksOf(svg, /panel_0_names/).map((mark) => placeOf(mark).y)
    expect(heights).toHaveLength(3)
    for (const [index, height] of heights.slice(1).entries()) expect(Math.abs(height - (heights[index] as number))).toBeGreaterThan(11)
  })

  test("draws an interval where a series has one KL only", async () => {
    const svg = await gapFigure([row(0.1, 1, 0.02)], options)
    expect(marksOf(svg, /panel_0_intervals/)).toHaveLength(1)
    expect(marksOf(svg, /panel_0_bands/)).toHaveLength(0)
  })

  test("labels whole nats of a fine grid, and none beyond it", async () => {
    const svg = await gapFigure(
      [0.25, 0.5, 1, 1.75, 2.5, 3].map((kl) => row(0.1, kl, 0.02)),
      options,
    )
    const ticks = Array.from(svg.matchAll(/>(\d)<\/text>/g), ([, tick]) => tick)
    expect(ticks).toEqual(["1", "2", "3", "0"])
    expect(svg).toContain("Counted at whole nats.")
  })

  test("cuts intervals that are far wider than the lines, and keeps 0 in sight", async () => {
    const svg = await gapFigure([row(0.1, 1, 0.2, "sentiment", 5), row(0.1, 2, 0.22)], options)
    const ticks = Array.from(svg.matchAll(/>([+−]\d\.\d+)</g), ([, tick = ""]) => Number(tick.replace("−", "-")))
    expect(Math.max(...ticks)).toBeLessThan(0.6)
    expect(svg).toContain(">0<")
  })

  test("shows theory in every panel where it is given", async () => {
    const theory = idealGapLine({ from: 1, to: 4, against: "reference" })
    expect(theory.points[0]?.effect).toBeCloseTo(-0.046, 3)
    const svg = await gapFigure(rows, { ...options, theory })
    expect(marksOf(svg, /panel_\d_theory$/)).toHaveLength(2)
    expect(svg).toContain("rich policies")
    expect(idealGapLine({ from: 1, to: 4, against: { nash: 0.1 } }).caption).toContain("β = 0.1")
  })

  test("has no text smaller than tick labels", async () => {
    const svg = await gapFigure(rows, options)
    for (const [, size] of svg.matchAll(/font-size="([\d.]+)px"/g)) expect(Number(size)).toBeGreaterThanOrEqual(10)
  })

  test("refuses to draw nothing, and values that are not numbers", async () => {
    await expect(gapFigure([], options)).rejects.toMatchObject({ tag: "NoPoints" })
    await expect(gapFigure([row(0.1, 1, Number.NaN)], options)).rejects.toMatchObject({ tag: "NotFinite", details: { panel: "sentiment" } })
  })
})

describe("the headline of a gap", () => {
  const say = (effects: ReadonlyArray<readonly [number | string, number]>) =>
    gapHeadline(
      effects.map(([series, effect], index) => row(series, index + 1, effect)),
      options,
    )

  test("says where the interval excludes 0, by series in their order", () => {
    expect(
      say([
        [0.001, 0.05],
        [0.0001, 0.01],
        [0.001, 0.03],
        [0.0001, -0.03],
      ]),
    ).toBe("Online is ahead of offline in 2 of 4 places: 0 of 2 at 1e-4, 2 of 2 at 1e-3; behind in 1")
  })

  test("counts at whole nats where there are any, however fine the grid is", () => {
    const fine = [0.5, 1, 1.5, 2].map((kl) => row(0.1, kl, kl === 2 ? 0 : 0.05))
    expect(gapHeadline(fine, options)).toBe("Online is ahead of offline in 1 of 2 places")
    expect(gapHeadline(fine.slice(0, 1), options)).toBe("Online is ahead of offline everywhere")
  })

  test("is short where all places agree", () => {
    expect(say([[0.1, 0.05]])).toBe("Online is ahead of offline everywhere")
    expect(say([[0.1, -0.05]])).toBe("Online is behind offline everywhere")
    expect(say([[0.1, 0.01]])).toBe("Online and offline cannot be told apart anywhere")
  })
})
