import { describe, expect, test } from "vitest"
import { axisTitleOf, readRule } from "../../../../learning/analyse/figure/claim-axis.ts"
import { forestFigure } from "../../../../learning/analyse/figure/forest.ts"
import { forestHeadline } from "../../../../learning/analyse/figure/forest-headline.ts"
import { layOutForest } from "../../../../learning/analyse/figure/forest-layout.ts"
import { decidedClaim, inconclusive, notMeasurable } from "../../support/claims.ts"
import { attributeOf, marksOf, placeOf, textsOf } from "../../support/svg.ts"

const claims = [
  decidedClaim("Sampling matters"),
  decidedClaim("The gap at 1 nat is small", {
    effect: 0.001,
    low: -0.01,
    high: 0.012,
    rule: "below 0.03",
    margin: null,
    verdict: "negligible",
  }),
  decidedClaim("Windows do not matter", { effect: -0.05, low: -0.08, high: -0.02, verdict: "opposite" }),
  decidedClaim("Early is ahead", inconclusive),
  decidedClaim("Shuffled is behind", notMeasurable),
]
const options = { family: "primary" }

describe("the forest plot of claims", () => {
  test("has equal bytes when drawn twice, and stands alone", async () => {
    const svg = await forestFigure(claims, options)
    expect(await forestFigure(claims, options)).toBe(svg)
    expect(svg).not.toMatch(/href=|NaN|undefined|null/)
  })

  test("draws estimate and interval of each claim that has them, and writes what each came to", async () => {
    const svg = await forestFigure(claims, options)
    const marks = marksOf(svg, /section_0_estimates/)
    expect(marks).toHaveLength(4)
    expect(attributeOf(marks[2], "aria-label")).toBe("Windows do not matter: −0.050 [−0.080, −0.020], opposite")
    expect(marksOf(svg, /section_0_intervals/)).toHaveLength(4)
    expect(textsOf(marksOf(svg, /section_0_verdicts/))).toEqual([
      "▲ supported",
      "≈ negligible",
      "▼ opposite",
      "? could find 0.042",
      "– not measurable",
      "verdict",
    ])
    expect(textsOf(marksOf(svg, /section_0_reasons/)).join(" ")).toBe("offline does not get to 3 nats")
  })

  test("stands claims in their order, with a rule at 0 and the differences that count as none", async () => {
    const svg = await forestFigure(claims, options)
    const heights = marksOf(svg, /section_0_claims/).map((mark) => placeOf(mark).y)
    expect(heights).toEqual([...heights].sort((a, b) => a - b))
    expect(marksOf(svg, /section_0_zero/)).toHaveLength(1)
    // The claim without a margin has none, and shows its threshold instead.
    expect(marksOf(svg, /section_0_bands/)).toHaveLength(4)
    expect(marksOf(svg, /section_0_thresholds/)).toHaveLength(1)
  })

  test("gives quantities of one unit an axis, and levels their ½", async () => {
    const svg = await forestFigure(
      [
        ...claims,
        decidedClaim("The gap grows", { measure: "slope of the gap", effect: 0.02, low: 0.01, high: 0.03 }),
        decidedClaim("Online learns", { measure: "peak", effect: 0.8, low: 0.78, high: 0.82, rule: "above 0.5", margin: null }),
      ],
      options,
    )
    expect(svg.indexOf("slope</text>")).toBeGreaterThan(svg.indexOf("difference in win rate or accuracy</text>"))
    expect(textsOf(marksOf(svg, /section_2_effects/))).toEqual(["0.800 [0.780, 0.820]"])
    expect(marksOf(svg, /section_2_thresholds/)).toHaveLength(0)
  })

  test("puts claims under the name of their table where there are several", async () => {
    const of = (name: string) => claims.slice(0, 2).map((claim) => ({ ...claim, of: name }))
    expect(textsOf(marksOf(await forestFigure([...of("sentiment"), ...of("tldr")], options), /headings/))).toEqual(["sentiment", "tldr"])
    expect(marksOf(await forestFigure(of("sentiment"), options), /headings/)).toEqual([])
  })

  test("ends an interval that is far too wide in an arrow", async () => {
    const svg = await forestFigure([...claims, decidedClaim("Wide", { ...inconclusive, low: -3, high: 3 })], options)
    expect(marksOf(svg, /section_0_ends/)).toHaveLength(2)
    expect(marksOf(await forestFigure(claims, options), /section_0_ends/)).toHaveLength(0)
  })

  test("leaves out a column of p-values where there are none", async () => {
    expect(await forestFigure(claims, options)).toContain("adjusted p")
    const checks = claims.map((claim) => ({ ...claim, p_adjusted: null }))
    expect(await forestFigure(checks, { family: "check" })).not.toContain("adjusted p")
  })

  test("has no text smaller than tick labels", async () => {
    for (const [, size] of (await forestFigure(claims, options)).matchAll(/font-size="([\d.]+)px"/g))
      expect(Number(size)).toBeGreaterThanOrEqual(10)
  })

  test("refuses to draw nothing, and verdicts that it does not know", async () => {
    await expect(forestFigure([], options)).rejects.toMatchObject({ tag: "NoClaims" })
    await expect(forestFigure([decidedClaim("Old", { verdict: "reproduced" })], options)).rejects.toMatchObject({ tag: "UnknownVerdict" })
  })
})

test("the headline counts verdicts", () => {
  expect(forestHeadline(claims, "primary")).toBe(
    "1 of 5 primary claims is supported; 1 negligible, 1 opposite, 1 inconclusive, 1 not measurable",
  )
  expect(forestHeadline(claims.slice(0, 1), "primary")).toBe("The only primary claim is supported")
  expect(forestHeadline([claims[3], claims[3]] as typeof claims, "exploratory")).toBe("All 2 exploratory claims are inconclusive")
})

test("rows are as high as their text, and do not overlap", () => {
  const long = decidedClaim("A claim that is quite long, as claims are, so that it takes several lines to be written out in full")
  const why = decidedClaim("Short", { ...notMeasurable, reason: "3 of 3 runs of offline do not get to 3 nats: the lowest ends at 1.15" })
  const { rows, claims: lines, reasons, height } = layOutForest([long, why, ...claims], { hasHeadings: false, reasonWidth: 120 })
  const within = (texts: typeof lines, index: number) => {
    const { top = 0, bottom = 0 } = rows[index] ?? {}
    return texts.filter(({ y }) => y - 6 > top && y + 6 < bottom).length
  }
  expect(within(lines, 0)).toBeGreaterThan(2)
  expect(within(reasons, 1)).toBeGreaterThan(2)
  for (const [index, { top }] of rows.slice(1).entries()) expect(top).toBe(rows[index]?.bottom)
  expect(rows.at(-1)?.bottom).toBe(height)
})

test.each([
  ["above 0", 0.03, 0, [-0.03, 0.03]],
  ["below -0.02", 0.01, -0.02, [-0.03, -0.01]],
  ["within ±0.03", null, 0, [-0.03, 0.03]],
  ["above 0.5", null, 0.5, undefined],
])("the rule %s with a margin of %s is read back", (rule, margin, threshold, band) => {
  const read = readRule({ rule, margin })
  expect(read.threshold).toBe(threshold)
  expect(read.band?.map((bound) => Math.round(1000 * bound) / 1000)).toEqual(band)
})

test("quantities share an axis only with those of their unit", () => {
  expect(axisTitleOf("gap")).toBe(axisTitleOf("+online −offline"))
  expect(new Set(["gap", "slope of the gap", "win rate", "chosen change"].map(axisTitleOf)).size).toBe(4)
})
