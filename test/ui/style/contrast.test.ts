import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"

/** The colours of both themes, by name. */
const themes = (() => {
  const css = readFileSync(join(import.meta.dirname, "../../../ui/style/tokens.css"), "utf8")
  const blocks = [...css.matchAll(/\{([^}]*)\}/g)].map(([, body]) =>
    Object.fromEntries([...(body ?? "").matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, colour]) => [name, colour])),
  )
  const [light = {}, dark = {}] = blocks
  return { light, dark: { ...light, ...dark } }
})()

/** WCAG 2.2: relative luminance, from 0 to 1. */
const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const contrast = (a: string, b: string): number => {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (lighter + 0.05) / (darker + 0.05)
}

const inks = ["ink", "ink-soft", "ink-faint", "accent", "ok", "bad", "warn", "idle", "run", "mark"]
const grounds = ["ground", "paper", "raised", "hover"]
const pairs = [
  ...inks.flatMap((ink) => grounds.map((ground) => [ink, ground])),
  ...["accent", "ok", "bad", "warn", "idle", "run"].map((name) => [name, `${name}-ground`]),
  ...["accent", "warn", "bad", "run", "idle"].flatMap((name) => ["ink", "ink-soft"].map((ink) => [ink, `${name}-ground`])),
  ["accent-ink", "accent"],
  ["paper", "warn"],
  ["ink-faint", "warn-ground"],
] as const

test.each(Object.entries(themes))("text can be read in the %s theme: contrast of 4.5 or more", (_, colours) => {
  const weak = pairs.flatMap(([ink, ground]) => {
    const ratio = contrast(colours[ink ?? ""] ?? "", colours[ground ?? ""] ?? "")
    return ratio >= 4.5 ? [] : [`${ink} on ${ground}: ${ratio.toFixed(2)}`]
  })
  expect(weak).toEqual([])
})

test.each(Object.entries(themes))("borders of fields can be seen in the %s theme: contrast of 3 or more", (_, colours) => {
  for (const ground of ["ground", "paper", "raised"])
    expect(contrast(colours["line-strong"] ?? "", colours[ground] ?? "")).toBeGreaterThanOrEqual(3)
})
