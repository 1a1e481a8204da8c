import { describe, expect, test } from "vitest"
import { type FrontierPoint, frontierFigure } from "../../../../learning/analyse/figure/frontier.ts"
import { armStyle } from "../../../../learning/analyse/figure/style.ts"
import { lightness } from "../../support/lightness.ts"

const point = (
  arm: string,
  step: number,
  kl: number,
  rate: number,
  seed: number | null = null,
  beta: number | null = 0.1,
): FrontierPoint => ({
  arm,
  against: "sft",
  beta,
  seed,
  step,
  kl,
  kl_low: kl * 0.9,
  kl_high: kl * 1.1,
  win_rate: rate,
  win_low: rate - 0.05,
  win_high: rate + 0.05,
})

const online = [point("online", 10, 0.5, 0.55), point("online", 100, 2, 0.8), point("online", 1000, 6, 0.75)]
const offline = [point("offline", 10, 0.4, 0.52), point("offline", 100, 3, 0.65)]
const options = { title: "Online and offline" }

/** The elements of one layer, over all panels. */
const marks = (svg: string, layer: string): ReadonlyArray<string> =>
  Array.from(svg.matchAll(new RegExp(`<g class="[^"]* panel_\\d+_${layer}_marks"[^>]*>(.*?)</g>`, "gs"))).flatMap(
    ([, content = ""]) => content.match(/<(path|line) [^>]*>/g) ?? [],
  )
const attribute = (mark: string | undefined, name: string): string | undefined => mark?.match(new RegExp(`${name}="([^"]*)"`))?.[1]

describe("the figure of win rate against KL", () => {
  test("has equal bytes when drawn twice, one after the other and side by side", async () => {
    const first = await frontierFigure([...online, ...offline], options)
    const [second, third] = await Promise.all([
      frontierFigure([...online, ...offline], options),
      frontierFigure([...online, ...offline], options),
    ])
    expect(second).toBe(first)
    expect(third).toBe(first)
  })

  test("is an SVG document that stands alone and leaves no blank margin", async () => {
    const svg = await frontierFigure(online, { title: "A long title, ".repeat(12), caption: "and a long caption, ".repeat(20) })
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    expect(svg).toMatch(/<\/svg>\n$/)
    expect(svg).not.toMatch(/href=|NaN|undefined/)
    expect(Number(attribute(svg, "width"))).toBeLessThan(560)
  })

  test("draws a mark with its reading for each checkpoint", async () => {
    const drawn = marks(await frontierFigure([...online, ...offline], options), "checkpoints")
    expect(drawn).toHaveLength(5)
    expect(attribute(drawn[1], "aria-label")).toBe("online, step 100: KL 2.00 nats, win rate 0.800 (0.750 to 0.850)")
  })

  test("draws both intervals of each checkpoint and the rule at one half", async () => {
    const svg = await frontierFigure(online, options)
    expect(marks(svg, "win_intervals")).toHaveLength(3)
    expect(marks(svg, "kl_intervals")).toHaveLength(3)
    expect(marks(svg, "half")).toHaveLength(1)
  })

  test("joins checkpoints in order of steps, even where KL falls and whatever their order", async () => {
    const back = [point("online", 3, 1, 0.6), point("online", 1, 2, 0.6), point("online", 2, 4, 0.6)]
    const [line] = marks(await frontierFigure(back, options), "lines")
    const xs = [...(attribute(line, "d") ?? "").matchAll(/[ML](-?[\d.]+),/g)].map(([, x]) => Number(x))
    expect(xs).toHaveLength(3)
    // KL 2, then 4, then 1.
    expect((xs[1] as number) - (xs[0] as number)).toBeCloseTo(2 * ((xs[0] as number) - (xs[2] as number)), 0)
    expect(xs[2]).toBeLessThan(xs[0] as number)
  })

  test("draws single seeds thin where all seeds are drawn together, else as marks", async () => {
    const seeds = [1, 2].flatMap((seed) => online.map((each) => ({ ...each, seed })))
    const drawn = (svg: string) => ["lines", "seed_lines"].map((layer) => marks(svg, layer).length)
    expect(drawn(await frontierFigure([...online, ...seeds], options))).toEqual([1, 2])
    expect(drawn(await frontierFigure(seeds, options))).toEqual([2, 0])
  })

  test("has a panel for each β if there are several", async () => {
    const svg = await frontierFigure(
      [0.5, 0.1].flatMap((beta) => online.map((each) => ({ ...each, beta }))),
      options,
    )
    expect(svg.indexOf("β = 0.1")).toBeGreaterThan(0)
    expect(svg.indexOf("β = 0.5")).toBeGreaterThan(svg.indexOf("β = 0.1"))
    expect(await frontierFigure(online, options)).not.toContain("β = ")
  })

  test("has a row of panels for each opponent, on the same axes", async () => {
    const svg = await frontierFigure(
      ["golden", "sft"].flatMap((against) => online.map((each) => ({ ...each, against }))),
      options,
    )
    expect(svg.indexOf("win rate against SFT")).toBeGreaterThan(svg.indexOf("win rate against the golden policy"))
    expect(marks(svg, "checkpoints")).toHaveLength(6)
  })

  test("shows arms in order of first appearance, and names with any characters", async () => {
    const names = ["z <first> & only", 'a "second"']
    const svg = await frontierFigure(
      names.map((name) => point(name, 1, 1, 0.6)),
      options,
    )
    expect(svg.indexOf(">z &lt;first&gt; &amp; only<")).toBeGreaterThan(0)
    expect(svg.indexOf('>a "second"<')).toBeGreaterThan(svg.indexOf(">z &lt;first&gt; &amp; only<"))
  })

  test("keeps near checkpoints apart where one arm has gone very far", async () => {
    const svg = await frontierFigure([...online, point("online", 2000, 400, 1)], options)
    const places = marks(svg, "checkpoints").map((mark) => Number(/translate\(([\d.]+),/.exec(attribute(mark, "transform") ?? "")?.[1]))
    expect(places).toHaveLength(4)
    const [first = 0, , third = 0, last = 0] = places
    expect(third - first).toBeGreaterThan(0.2 * (last - first))
    expect(svg).toMatch(/>300</)
  })

  test("can be drawn before anything has moved", async () => {
    const svg = await frontierFigure([point("online", 0, 0, 0.5)], options)
    expect(svg).not.toMatch(/NaN|Infinity/)
  })

  test("draws the oracle in the panels of its opponent, from one half to where the axis ends", async () => {
    const oracle = [0.5, 2, 5, 40].map((kl, index) => ({ against: "sft", kl, win_rate: 0.7 + 0.08 * index }))
    const both = ["golden", "sft"].flatMap((against) => online.map((each) => ({ ...each, against })))
    const svg = await frontierFigure(both, { ...options, oracle })
    const drawn = marks(svg, "oracle")
    expect(drawn).toHaveLength(1)
    const places = [...(attribute(drawn[0], "d") ?? "").matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)])
    // ½ at KL 0, the three points within the axis, and its end.
    expect(places).toHaveLength(5)
    expect(places[0]?.[0]).toBe(0)
    for (const [x = 0, y = 0] of places) {
      expect(x).toBeLessThanOrEqual(440)
      expect(y).toBeGreaterThanOrEqual(0)
      expect(y).toBeLessThanOrEqual(290)
    }
    expect(marks(await frontierFigure(online, options), "oracle")).toHaveLength(0)
  })

  test("refuses to draw nothing, and values that are not numbers", async () => {
    await expect(frontierFigure([], options)).rejects.toMatchObject({ tag: "NoPoints" })
    await expect(frontierFigure([point("online", 7, Number.NaN, 0.5)], options)).rejects.toMatchObject({
      tag: "NotFinite",
      details: { arm: "online", step: 7 },
    })
  })
})

test("neighbouring arms differ in lightness, shape and dashes, so in black and white too", () => {
  for (let position = 0; position < 42; position++) {
    const [one, next] = [armStyle(position), armStyle(position + 1)]
    expect(Math.abs(lightness(one.color) - lightness(next.color))).toBeGreaterThan(10)
    expect(one.shape).not.toBe(next.shape)
    expect(one.dash).not.toEqual(next.dash)
  }
  expect(new Set(Array.from({ length: 42 }, (_, position) => JSON.stringify(armStyle(position)))).size).toBe(42)
})
