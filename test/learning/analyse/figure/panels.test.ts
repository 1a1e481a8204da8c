import { expect, test } from "vitest"
import type { MarkRow } from "../../../../data/schema/index.ts"
import { panelsFigure } from "../../../../learning/analyse/figure/panels.ts"

const losses = ["ipo", "dpo", "cdpo", "slic", "exponential", "truncated-quadratic", "savage", "kto", "simpo"]
const marks = (labels: ReadonlyArray<string>): ReadonlyArray<MarkRow> =>
  labels.map((x_label, x) => ({ panel: "peak win rate", line: "online", x, x_label, y: 0.5 + x / 20, y_low: 0.4, y_high: 0.95, seeds: 3 }))
const options = { title: "Losses", caption: "", over: "prompts", xTitle: "loss", xScale: "discrete", joined: false } as const

/** What stands at the ticks of an axis, and whether it is slanted. */
const tickLabels = async (labels: ReadonlyArray<string>) => {
  const svg = await panelsFigure(marks(labels), options)
  const texts = Array.from(svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g), ([, attributes = "", text = ""]) => ({ attributes, text }))
  return texts.flatMap(({ attributes, text }) =>
    labels.includes(text) ? [{ text, slanted: attributes.includes("rotate(325)"), seen: !attributes.includes('opacity="0"') }] : [],
  )
}

test("every place of an axis of names is labelled, slanted where names side by side would not fit", async () => {
  expect(await tickLabels(losses)).toEqual(losses.map((text) => ({ text, slanted: true, seen: true })))
  expect(await tickLabels(losses.slice(0, 3))).toEqual(losses.slice(0, 3).map((text) => ({ text, slanted: false, seen: true })))
})
