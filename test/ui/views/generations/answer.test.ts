import { describe, expect, it } from "vitest"
import type { Answer } from "../../../../serve/api.ts"
import { directionOf } from "../../../../ui/views/generations/direction.ts"
import { factsOf, isDisputed, sortAnswers } from "../../../../ui/views/generations/facts.ts"
import { foldText, foldTokens } from "../../../../ui/views/generations/fold.ts"

const answer: Answer = {
  row: 0,
  response: "",
  tokens: null,
  role: null,
  score: -5.0509,
  outcome: 0.25,
  proxyOutcome: 0.8125,
  kl: 0.7137,
  length: 1,
  finishReason: "stop",
}

describe("the facts of an answer", () => {
  it("say which judge they are by", () => {
    expect(factsOf(answer, "evaluation").map(({ label, text }) => `${label} ${text}`)).toEqual([
      "gold score −5.05",
      "wins by gold 25.0 %",
      "wins by proxy 81.3 %",
      "proxy − gold +56.3 %",
      "KL 0.714 nats",
      "length 1 token",
    ])
    expect(factsOf(answer, "preferences").map(({ label }) => label)).toContain("wins by label")
  })

  it("leave out what is not known", () => {
    expect(factsOf({ ...answer, score: null, outcome: null, kl: null, length: null }, "responses").map(({ label }) => label)).toEqual([
      "wins by proxy",
    ])
  })

  it("show a dispute where two judges are sure of different winners", () => {
    expect(isDisputed(answer)).toBe(true)
    expect(isDisputed({ outcome: 0.45, proxyOutcome: 0.55 })).toBe(false)
    expect(isDisputed({ outcome: 0.6, proxyOutcome: 1 })).toBe(false)
    expect(isDisputed({ outcome: 0, proxyOutcome: null })).toBe(false)
  })
})

describe("the answers to a prompt", () => {
  it("are in the order of the table, and the chosen one of a pair comes first", () => {
    const rows = [
      { ...answer, row: 2, role: "rejected" },
      { ...answer, row: 2, role: "chosen" },
      { ...answer, row: 0, role: "rejected" },
      { ...answer, row: 0, role: "chosen" },
    ] as const
    expect(sortAnswers(rows).map(({ row, role }) => `${row} ${role}`)).toEqual(["0 chosen", "0 rejected", "2 chosen", "2 rejected"])
  })
})

/** Half of a pair of code units. */
const loneSurrogate = /[\ud800-\udfff]/u

describe("the direction of tokens", () => {
  it("is that of the first letter, whatever stands before it", () => {
    expect([" 12. שלום hello", "«مرحبا", "hello שלום", "123 …", ""].map(directionOf)).toEqual(["rtl", "rtl", "ltr", "ltr", "ltr"])
  })
})

describe("a long text", () => {
  it("is folded where that hides enough", () => {
    expect(foldText("short")).toBeNull()
    expect(foldText("x".repeat(500))).toBeNull()
    expect(foldText("x".repeat(2000))?.length).toBeLessThan(500)
  })

  it("is not cut inside of a character", () => {
    const folded = foldText(`x${"😀".repeat(1000)}`)
    expect(folded).not.toBeNull()
    expect(folded).not.toMatch(loneSurrogate)
    expect(foldText("😀".repeat(1000))).not.toMatch(loneSurrogate)
  })

  it("is folded at a token where it has tokens", () => {
    const tokens = Array.from({ length: 200 }, () => ({ text: "abcde" }))
    expect(foldTokens(tokens.slice(0, 100))).toBeNull()
    expect(foldTokens(tokens)).toBe(84)
  })
})
