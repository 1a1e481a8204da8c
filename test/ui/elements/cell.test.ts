import { describe, expect, it } from "vitest"
import { cellText, columnWidth, isClipped } from "../../../ui/elements/cell/text.ts"

describe("a cell on one line", () => {
  it("has all digits of an integer, and six of another number", () => {
    expect(cellText(159345)).toBe("159345")
    expect(cellText(-7)).toBe("−7")
    expect(cellText(0.8312808558145581)).toBe("0.831281")
  })

  it("has lists and records as one would write them", () => {
    expect(cellText([1, null, "a"])).toBe('[1, null, "a"]')
    expect(cellText({ gold: { pairs: 3 } })).toBe("{ gold: { pairs: 3 } }")
  })
})

describe("the width of a column", () => {
  it("grows with its longest cell, between two bounds", () => {
    const narrow = columnWidth("tie", [true, false])
    const medium = columnWidth("prompt", ["A question of thirty letters.."])
    expect(narrow).toBeLessThan(medium)
    expect(columnWidth("prompt", ["x".repeat(5000)])).toBe(columnWidth("prompt", ["x".repeat(9000)]))
    expect([narrow, medium, columnWidth("prompt", ["x".repeat(5000)])].map(isClipped)).toEqual([false, false, true])
  })

  it("has room for the name of the column", () => {
    expect(columnWidth("truncated_prompt_tokens", [0])).toBeGreaterThan(columnWidth("kl", [0]))
  })
})
