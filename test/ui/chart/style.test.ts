import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { lineStyle, palettes } from "../../../ui/chart/style.ts"

type Triple = readonly [number, number, number]

/** Linear light of "#rrggbb". */
const light = (color: string): Triple => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return [red, green, blue]
}

const luminance = ([red, green, blue]: Triple): number => 0.2126 * red + 0.7152 * green + 0.0722 * blue

const contrast = (a: string, b: string): number => {
  const [darker = 0, lighter = 0] = [luminance(light(a)), luminance(light(b))].sort((x, y) => x - y)
  return (lighter + 0.05) / (darker + 0.05)
}

/** CIELAB under D65. */
const lab = ([red, green, blue]: Triple): Triple => {
  const root = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)
  const [x, y, z] = [
    root((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505),
    root(0.2126 * red + 0.7152 * green + 0.0722 * blue),
    root((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089),
  ]
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

/** What eyes of three kinds see, complete deficiency (Machado, Oliveira and Fernandes 2009). */
const eyes: Readonly<Record<string, readonly [Triple, Triple, Triple]>> = {
  trichromat: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanope: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranope: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanope: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

const seenBy = (kind: readonly [Triple, Triple, Triple], color: string): Triple => {
  const [red, green, blue] = light(color)
  const [r = 0, g = 0, b = 0] = kind.map((row) => Math.min(1, Math.max(0, row[0] * red + row[1] * green + row[2] * blue)))
  return [r, g, b]
}

const tokens = readFileSync(join(import.meta.dirname, "../../../ui/style/tokens.css"), "utf8")
const [, paperOfLight = "", paperOfDark = ""] = /--paper: (#\w{6})[\s\S]*--paper: (#\w{6})/.exec(tokens) ?? []

const themes = [
  ["light", palettes.light, paperOfLight],
  ["dark", palettes.dark, paperOfDark],
] as const

test.each(themes)("every colour of the %s palette has a contrast of 3 or more to the paper", (_, palette, paper) => {
  expect(paper).toMatch(/^#\w{6}$/)
  for (const color of palette) expect(contrast(color, paper)).toBeGreaterThanOrEqual(3)
})

test.each(themes)("neighbours in the %s palette differ in lightness", (_, palette) => {
  for (const [index, color] of palette.entries()) {
    const next = palette[(index + 1) % palette.length] ?? ""
    expect(Math.abs(lab(light(color))[0] - lab(light(next))[0])).toBeGreaterThanOrEqual(18)
  }
})

test.each(themes)("colours of the %s palette are apart for colour-blind eyes", (_, palette) => {
  for (const kind of Object.values(eyes))
    for (const [index, color] of palette.entries())
      for (const other of palette.slice(index + 1)) {
        const [a, b] = [lab(seenBy(kind, color)), lab(seenBy(kind, other))]
        expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]), `${color} and ${other}`).toBeGreaterThanOrEqual(15)
      }
})

test("56 lines have 56 pairs of colour and dashes", () => {
  const looks = Array.from({ length: 56 }, (_, position) => {
    const { color, dash } = lineStyle(position, false)
    return JSON.stringify([color, dash])
  })
  expect(new Set(looks).size).toBe(56)
})

test("neighbours differ in shape", () => {
  for (let position = 0; position < 24; position++) expect(lineStyle(position, true).shape).not.toBe(lineStyle(position + 1, true).shape)
})
