import { describe, expect, it } from "vitest"
import type { GridColumn } from "../../../../serve/api.ts"
import { addConditions, conditionsOf, splitConditions } from "../../../../ui/views/artifact/conditions.ts"

const column = (name: string, kind: GridColumn["kind"]) => ({ name, kind })
const bin = (from: number, to: number, isLast = false) => ({ kind: "bin", bin: { from, to, count: 1 }, isLast }) as const
const value = (of: string | number | boolean) => ({ kind: "value", value: of }) as const

describe("the conditions of a bar", () => {
  it("are its two edges, of which only the last bar has the upper one", () => {
    expect(conditionsOf(column("kl", "number"), { kind: "numbers" }, bin(-0.5, 1e-7))).toEqual(["kl >= -0.5", "kl < 1e-7"])
    expect(conditionsOf(column("kl", "number"), { kind: "numbers" }, bin(1, 2, true))).toEqual(["kl >= 1", "kl <= 2"])
  })

  it("are about lengths where the bar is", () => {
    expect(conditionsOf(column("chosen", "text"), { kind: "lengths" }, bin(10, 20))).toEqual([
      "length(chosen) >= 10",
      "length(chosen) < 20",
    ])
  })

  it("have values as the server reads them", () => {
    const values = { kind: "values" } as const
    expect(conditionsOf(column("tie", "boolean"), values, value(true))).toEqual(["tie = true"])
    expect(conditionsOf(column("source", "text"), values, value("it's and 'that'"))).toEqual(["source = 'it''s and ''that'''"])
    expect(conditionsOf(column("step", "number"), values, value(9))).toEqual(["step = 9"])
    expect(conditionsOf(column("score", "number"), values, value("-Infinity"))).toEqual(["score = -Infinity"])
    expect(conditionsOf(column("score", "number"), values, { kind: "nulls" })).toEqual(["score is null"])
  })

  it("put names into quotes that are not words", () => {
    const values = { kind: "values" } as const
    expect(conditionsOf(column('a "b" c', "text"), values, value("x"))).toEqual([`"a ""b"" c" = 'x'`])
    expect(conditionsOf(column("length", "number"), values, value(1))).toEqual([`"length" = 1`])
  })
})

describe("a filter to which a bar is added", () => {
  it("keeps what was typed", () => {
    expect(addConditions("tie = true", ["kl >= 1", "kl < 2"])).toBe("tie = true and kl >= 1 and kl < 2")
    expect(addConditions("  ", ["kl >= 1"])).toBe("kl >= 1")
  })

  it("has the new bounds of a column instead of the old ones", () => {
    expect(addConditions("kl >= 1 and kl < 2 and step = 3", ["kl >= 1.2", "kl < 1.4"])).toBe("step = 3 and kl >= 1.2 and kl < 1.4")
    expect(addConditions("length( chosen ) >= 1 and chosen = x", ["length(chosen) >= 5"])).toBe("chosen = x and length(chosen) >= 5")
  })

  it("has no condition twice", () => {
    expect(addConditions("tie = true", ["tie = true"])).toBe("tie = true")
  })

  it("is taken apart only between conditions", () => {
    expect(splitConditions(`prompt contains 'salt and pepper' AND x in (1, 2) and "a and b" = don't and y = 'it''s'`)).toEqual([
      "prompt contains 'salt and pepper'",
      "x in (1, 2)",
      `"a and b" = don't`,
      "y = 'it''s'",
    ])
  })
})
