import { writeFile } from "node:fs/promises"
import { DuckDBInstance } from "@duckdb/node-api"
import { Table as Arrow, Float32, Float64, tableToIPC, vectorFromArray } from "apache-arrow"
import { Table, writeParquet } from "parquet-wasm"
import { afterEach, describe, expect, test } from "vitest"
import type { FilterOperator, FilterValue } from "../../../data/grid/index.ts"
import { type OpenTable, openTable } from "../../../data/query/open-table.ts"
import { readPage } from "../../../data/query/page.ts"
import { tablesFolder } from "../tables.ts"

const { at, write } = tablesFolder()
const opened: Array<OpenTable> = []
afterEach(() => {
  for (const table of opened.splice(0)) table.close()
})
const open = async (path: string): Promise<OpenTable> => {
  const table = await openTable(path, 2 ** 30)
  opened.push(table)
  return table
}

describe("NaN beside numbers that are all equal, of which a reader could answer by minimum and maximum", () => {
  const columns = { d: "float64", f: "float32?" } as const
  const rows = [
    { d: 0, f: 0 },
    { d: Number.NaN, f: Number.NaN },
    { d: 0, f: null },
  ]
  /** With the writer's own statistics, as other programs write them. */
  const writeForeign = async (path: string): Promise<void> => {
    const arrow = new Arrow({
      d: vectorFromArray(
        rows.map(({ d }) => d),
        new Float64(),
      ),
      f: vectorFromArray(
        rows.map(({ f }) => f),
        new Float32(),
      ),
    })
    await writeFile(path, writeParquet(Table.fromIPCStream(tableToIPC(arrow, "stream"))))
  }
  const found = async (table: OpenTable, column: string, op: FilterOperator, value: FilterValue | ReadonlyArray<FilterValue>) =>
    (await readPage(table, { filters: [{ column, op, value }], offset: 0, limit: 3, columns: ["d"] })).rows.map(({ row }) => row)
  const expected: ReadonlyArray<readonly [FilterOperator, FilterValue | ReadonlyArray<FilterValue>, Array<number>, Array<number>]> = [
    ["<", 7, [0, 2], [0]],
    ["<=", 0, [0, 2], [0]],
    [">", -1, [0, 2], [0]],
    [">=", 0, [0, 2], [0]],
    ["=", 0, [0, 2], [0]],
    ["=", "NaN", [1], [1]],
    ["!=", 0, [1], [1, 2]],
    ["!=", "NaN", [0, 2], [0, 2]],
    ["in", [0, 1], [0, 2], [0]],
    ["in", ["NaN"], [1], [1]],
    ["in", [7, "NaN"], [1], [1]],
    ["<", "NaN", [], []],
  ]

  test("is not a number to a filter, in a file of Assay's and in one whose statistics leave it out", async () => {
    const ours = (await write("ours.parquet", columns, rows)).path
    const foreign = at("foreign.parquet")
    await writeForeign(foreign)
    for (const table of [await open(ours), await open(foreign)])
      for (const [op, value, d, f] of expected)
        expect([await found(table, "d", op, value), await found(table, "f", op, value)], `${op} ${value}`).toEqual([d, f])
  })

  test("is not a number between them to SQL of a user either, because Assay writes no minimum there", async () => {
    const { path } = await write("nan.parquet", columns, rows)
    const instance = await DuckDBInstance.create(":memory:")
    const connection = await instance.connect()
    const count = async (condition: string) =>
      (await connection.runAndReadAll(`SELECT count(*)::INTEGER FROM '${path}' WHERE ${condition}`)).value(0, 0)
    expect([await count("d < 7"), await count("d = 'NaN'"), await count("d = 0"), await count("f < 7")]).toEqual([2, 1, 2, 1])
    connection.closeSync()
    instance.closeSync()
  })
})
