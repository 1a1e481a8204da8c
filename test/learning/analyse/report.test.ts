import { expect, test } from "vitest"
import { metrics, verdicts } from "../../../data/schema/index.ts"
import { report } from "../../../learning/analyse/report.stage.ts"
import { MemoryFiles, MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"

const figures = [
  { path: ["sentiment", "F1"], at: {}, input: new MemoryFiles({ "frontier.svg": "<svg/>" }) },
  { path: ["F3"], at: { size: "small" }, input: new MemoryFiles({ "frontier.svg": "<svg>3</svg>" }) },
]
const row = {
  claim: "online | offline",
  family: "exploratory",
  measure: "gap",
  against: "sft",
  kl: 2,
  effect: -0.1,
  low: -0.2,
  high: 0.1,
  detectable: 0.15,
  p: 0.3,
  p_adjusted: 0.4,
  rule: "above 0",
  margin: 0.03,
  worlds: 1,
  seeds: 3,
  verdict: "inconclusive",
  reason: null,
}
const metricsByPath = [
  {
    path: ["sentiment", "proxy"],
    at: {},
    input: new MemoryTable(metrics, [
      { step: 0, name: "accuracy", value: 0.7512 },
      { step: 0, name: "pairs", value: 1200 },
    ]),
  },
]
const inputs = {
  metrics: metricsByPath,
  figures,
  verdicts: [{ path: ["sentiment", "F1"], at: {}, input: new MemoryTable(verdicts, [row]) }],
}

test("a report shows every figure, verdict and measure under its name, and carries the files that it shows", async () => {
  const { report: folder } = await runStage(report, inputs, {
    title: "Ours",
    introduction: "Small policies.",
    notes: { "sentiment F1": "Mind the axis." },
  })
  const text = new TextDecoder().decode(await folder.read("RESULTS.md"))
  expect(text).toMatch(/^# Ours\n\nSmall policies\.\n\n## Verdicts\n\n\| of \| claim/)
  expect(text).toContain(
    "| sentiment F1 | online \\| offline | −0.100 [−0.200, 0.100] | above 0, δ 0.03 | 0.400 | ? **inconclusive**: could find 0.150 |",
  )
  expect(text).toContain(
    "## Measures\n\n| of | measure | value |\n|---|---|---|\n| sentiment proxy | accuracy | 0.751 |\n| sentiment proxy | pairs | 1200 |\n",
  )
  expect(text).toContain("## sentiment F1\n\nMind the axis.\n\n![sentiment F1](figures/sentiment-F1-frontier.svg)\n")
  const shown = [...text.matchAll(/\]\((.*?)\)/g)].map(([, file]) => file)
  expect(folder.names).toEqual([...shown, "RESULTS.md"])
  expect(new TextDecoder().decode(await folder.read("figures/F3-size=small-frontier.svg"))).toBe("<svg>3</svg>")
  expect(text.endsWith("## Run\n\n<!-- run -->\n<!-- /run -->\n")).toBe(true)
})

test("a note for a section that is not there is refused", async () => {
  await expect(runStage(report, inputs, { notes: { F9: "lost" } })).rejects.toMatchObject({ tag: "NoSuchSection" })
})
