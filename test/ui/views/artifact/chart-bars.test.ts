import { describe, expect, it } from "vitest"
import { chartBars } from "../../../../ui/views/artifact/chart-bars.ts"

const base = { column: "x", rows: 10, nulls: 0, nan: 0 }

describe("the bars of a histogram", () => {
  it("are called by their edges, and a single integer by itself", () => {
    const bins = [
      { from: 0, to: 1, count: 4 },
      { from: 1, to: 2, count: 6 },
    ]
    const numbers = { ...base, kind: "numbers", infinite: 0, bins } as const
    expect(chartBars({ kind: "number", type: "INTEGER" }, numbers).map(({ label }) => label)).toEqual(["0", "1"])
    expect(chartBars({ kind: "number", type: "DOUBLE" }, numbers).map(({ label }) => label)).toEqual(["0 to 1", "1 to 2"])
  })

  it("say of what a length is", () => {
    const lengths = { ...base, kind: "lengths", unit: "characters", bins: [{ from: 0, to: 500, count: 1 }] } as const
    expect(chartBars({ kind: "text", type: "VARCHAR" }, lengths)[0]?.label).toBe("0 to 500 characters")
  })

  it("do not filter by a value that the server has cut", () => {
    const values = [
      { value: "gold", count: 1 },
      { value: "x".repeat(1001), count: 1 },
    ]
    const histogram = { ...base, kind: "values", values, distinct: 2, others: 0 } as const
    expect(chartBars({ kind: "text", type: "VARCHAR" }, histogram).map(({ isWhole }) => isWhole)).toEqual([true, false])
  })
})
