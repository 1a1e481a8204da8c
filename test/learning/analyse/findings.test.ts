import { describe, expect, test } from "vitest"
import { verdicts } from "../../../data/schema/index.ts"
import { claimGrid } from "../../../learning/analyse/claim-grid.stage.ts"
import { findings } from "../../../learning/analyse/findings.stage.ts"
import { decidedClaim } from "../support/claims.ts"
import { MemoryTable } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"

const rows = [
  decidedClaim("online is above", { effect: 0.0412, low: 0.02, high: 0.0624 }),
  decidedClaim("labels matter", { effect: -0.01, low: -0.03, high: 0.01, verdict: "inconclusive", detectable: 0.0284 }),
  decidedClaim("windows matter", {
    effect: null,
    low: null,
    high: null,
    detectable: null,
    verdict: "not measurable",
    reason: "it ends at 1.80",
  }),
]
const member = { path: [], at: {}, input: new MemoryTable(verdicts, rows) }

describe("findings", () => {
  const write = async (list: Parameters<typeof findings>[0]["findings"]) => {
    const { text } = await runStage(findings, { verdicts: [member] }, { findings: list })
    return new TextDecoder().decode(await text.read("findings.md"))
  }

  test("are the sentences that were written for the verdicts, with their numbers", async () => {
    const sentences = {
      supported: "Online is ahead by {effect} ({low} to {high}).",
      inconclusive: "Labels: {effect}; {detectable} would have been found.",
      "not measurable": "No windows: {reason}. {other} stays.",
    }
    expect(await write(rows.map(({ claim }) => ({ claim, sentences })) as never)).toBe(
      "Online is ahead by +0.041 (+0.020 to +0.062). Labels: −0.010; 0.028 would have been found. No windows: it ends at 1.80. {other} stays.\n",
    )
  })

  test("are refused where the verdict has no sentence, or the claim is not one claim", async () => {
    await expect(write([{ claim: "labels matter", sentences: { supported: "They do." } }])).rejects.toMatchObject({ tag: "NoSentence" })
    await expect(write([{ claim: "label matters", sentences: {} }])).rejects.toMatchObject({
      tag: "NoSuchClaim",
      message: expect.stringContaining("There are: online is above; labels matter; windows matter."),
    })
  })
})

describe("a grid of claims", () => {
  const draw = async (of: Omit<Parameters<typeof claimGrid>[0], "verdicts">) => {
    const { table } = await runStage(claimGrid, { verdicts: [member] }, of)
    return new TextDecoder().decode(await table.read("claims.md"))
  }

  test("has a cell for each claim: effect, half-width, sign, and what an inconclusive one could find", async () => {
    expect(
      await draw({
        columns: ["sentiment", "tldr"],
        rows: [
          { question: "online above offline", claims: { sentiment: "online is above", tldr: "windows matter" } },
          { question: "labels", claims: { tldr: "labels matter" } },
        ],
      }),
    ).toBe(
      [
        "| | sentiment | tldr |",
        "|---|---|---|",
        "| online above offline | +0.041 ± 0.021 ▲ | – |",
        "| labels |  | −0.010 ± 0.020 ? (could find 0.028) |",
        "",
        "Effects with half the width of their 95 % interval. A sign says what came of the row's sentence: ▲ supported, ? inconclusive, – not measurable.",
        "",
      ].join("\n"),
    )
  })

  test("is refused where a cell is of no column", async () => {
    await expect(draw({ columns: ["sentiment"], rows: [{ question: "labels", claims: { ham: "labels matter" } }] })).rejects.toMatchObject({
      tag: "NoSuchColumn",
    })
  })
})
