import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { boundOf, classOf, levelOf, levels } from "../../../../ui/views/generations/token-colours.ts"

describe("the level of a log-ratio", () => {
  it("grows with it, and is the same on both sides of zero", () => {
    expect([-7, -3, -1, -0.3, -0.1, -0.09, 0, 0.09, 0.1, 0.3, 1, 3, 7].map(levelOf)).toEqual([-4, -4, -3, -2, -1, 0, 0, 0, 1, 2, 3, 4, 4])
  })

  it("is none where the ratio is not known, and the last of an infinite one", () => {
    expect([null, Number.NaN].map(levelOf)).toEqual([0, 0])
    expect(levelOf(Number.NEGATIVE_INFINITY)).toBe(-4)
  })

  it("begins where the legend says", () => {
    for (const level of levels.filter((each) => each !== 0)) expect(levelOf(Number(boundOf(level).replace("−", "-")))).toBe(level)
  })
})

/** The custom properties of a theme in a style sheet. */
const propertiesOf = (file: string, theme: "light" | "dark"): ReadonlyMap<string, string> => {
  const text = readFileSync(new URL(`../../../../ui/${file}`, import.meta.url), "utf8")
  const selector = theme === "light" ? ":root" : ':root\\[data-theme="dark"\\]'
  const block = new RegExp(`^${selector} \\{([^}]*)\\}`, "m").exec(text)?.[1] ?? ""
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name = "", value = ""]) => [name, value]))
}

/** Relative luminance, as WCAG 2.2 defines it. */
const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(colour.slice(start, start + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const contrast = (a: string, b: string): number => {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (lighter + 0.05) / (darker + 0.05)
}

describe.each(["light", "dark"] as const)("the colours of tokens, %s", (theme) => {
  const ink = propertiesOf("style/tokens.css", theme).get("ink") ?? ""
  const paper = propertiesOf("style/tokens.css", theme).get("paper") ?? ""
  const colours = propertiesOf("views/generations/generations.css", theme)
  const colourOf = (level: (typeof levels)[number]) => colours.get(classOf(level)) ?? ""

  it("leave the text a contrast of 4.5", () => {
    for (const level of levels.filter((each) => each !== 0)) expect(contrast(colourOf(level), ink)).toBeGreaterThanOrEqual(4.5)
  })

  it("differ more from the paper the larger the log-ratio is", () => {
    for (const sign of [-1, 1] as const) {
      const distances = ([1, 2, 3, 4] as const).map((size) => contrast(colourOf((sign * size) as -1 | 1), paper))
      expect(distances).toEqual(distances.toSorted((a, b) => a - b))
    }
  })
})
