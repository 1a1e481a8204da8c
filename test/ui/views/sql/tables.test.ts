import { describe, expect, it } from "vitest"
import { sqlPage } from "../../../../ui/address/pages.ts"
import { countOf } from "../../../../ui/views/sql/count.ts"
import { examplesFor } from "../../../../ui/views/sql/examples.ts"
import { addTable, tableName, tablesParam, wrongName } from "../../../../ui/views/sql/tables.ts"

const nameOf = (id: string, output = "preferences", taken: ReadonlyArray<string> = []) => tableName({ id, output }, taken)

describe("the name of a table", () => {
  it("is the last part of the stage's id, as an identifier", () => {
    expect(nameOf("tldr.small.world 90.pairs")).toBe("pairs")
    expect(nameOf("define.small.world 90.held-out")).toBe("held_out")
    expect(nameOf("tldr.learningRate=0.001")).toBe("learningrate_0_001")
    expect(nameOf("2nd")).toBe("t_2nd")
    expect(nameOf("x.<b>\u202e")).toBe("b")
    expect(nameOf("x.…")).toBe("t")
  })

  it("differs from all others", () => {
    const tables = ["a.run", "b.run", "c.run", "d.run"].reduce<ReturnType<typeof addTable>>(
      (before, id) => addTable(before, { id, output: "metrics" }),
      [],
    )
    expect(tables.map(({ name }) => name)).toEqual(["run", "run_metrics", "run_metrics_2", "run_metrics_3"])
    expect(nameOf("x.Pairs", "preferences", ["PAIRS"])).toBe("pairs_preferences")
  })

  it("is not a word of SQL", () => {
    expect(nameOf("x.order", "responses")).toBe("order_responses")
    expect(wrongName("select", [])).toContain("word of SQL")
  })

  it("is refused if it needs quotes or is taken", () => {
    expect(wrongName("a b", [])).toContain("expected letters")
    expect(wrongName("", [])).toContain("expected letters")
    expect(wrongName("gold", ["Gold"])).toContain("another table")
    expect(wrongName("gold", ["proxy"])).toBeNull()
  })
})

describe("tables in an address", () => {
  it("survive a reload", () => {
    const tables = addTable(addTable([], { id: "a,b.pairs", output: "x~y" }), { id: "tldr.gold", output: "evaluation" })
    const query = new URL(sqlPage("r1", { tables: tablesParam.write(tables) }), "http://page").searchParams
    expect(tablesParam.read(query.get("tables"))).toEqual(tables)
    expect(tablesParam.write([])).toBeNull()
  })
})

describe("examples of statements", () => {
  const pairs = { name: "pairs", artifact: "preferences", columns: ["pair_id", "prompt", "chosen", "rejected"] }
  const samples = { name: "samples", artifact: "responses", columns: ["prompt_id", "prompt", "response"] }
  const gold = { name: "gold", artifact: "evaluation", columns: null }

  it("join the first two tables that have something in common", () => {
    expect(examplesFor([gold, pairs, samples]).map(({ sql }) => sql.replaceAll("\n", " "))).toContain(
      "select prompt, pairs.chosen, pairs.rejected, samples.response from pairs join samples using (prompt) limit 100",
    )
  })

  it("are about what the tables are", () => {
    expect(examplesFor([]).length).toBe(0)
    expect(examplesFor([gold]).map(({ label }) => label)).toEqual(["First rows", "Win rate and KL by step"])
  })
})

describe("the count of an answer", () => {
  it("says how many rows are not there", () => {
    const rows = [[1], [2]]
    expect(countOf({ rows, total: 2 })).toBe("2 rows")
    expect(countOf({ rows, total: 36_000 })).toBe("the first 2 of 36,000 rows")
    expect(countOf({ rows, total: null })).toBe("the first 2 of more rows than were counted")
  })
})
