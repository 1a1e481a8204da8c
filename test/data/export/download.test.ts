import { readFile } from "node:fs/promises"
import fc from "fast-check"
import { afterEach, describe, expect, test } from "vitest"
import { downloadPieces, exportCsv, exportJsonLines } from "../../../data/export/index.ts"
import type { DownloadFormat, DownloadRequest } from "../../../data/grid/index.ts"
import { readRows } from "../../../data/parquet/index.ts"
import { type OpenTable, openTable } from "../../../data/query/open-table.ts"
import type { Columns, Row } from "../../../dsl/column.ts"
import { tablesFolder } from "../tables.ts"

const { at, write } = tablesFolder()
const opened: Array<OpenTable> = []
afterEach(() => {
  for (const table of opened.splice(0)) table.close()
})

const columns = {
  n: "int32",
  f: "float32?",
  d: "float64?",
  'text, "odd"': "utf8?",
  flag: "bool?",
  ids: "list<int32>?",
  logps: "list<float32>?",
} as const satisfies Columns
const row = (index: number): Row<typeof columns> => ({
  n: index,
  f: index % 5 === 0 ? null : Math.fround(index / 3),
  d: index % 7 === 0 ? Number.NaN : ((index * 7919) % 1000) / 7,
  'text, "odd"': index % 4 === 0 ? null : `row ${index}, "quoted"\n=1+1 # ${index % 3 === 0 ? "😀" : ""}`,
  flag: index % 3 === 0,
  ids: Int32Array.from({ length: index % 4 }, (_, place) => place * index),
  logps: index % 6 === 0 ? null : Float32Array.of(-0.1, Number.NEGATIVE_INFINITY),
})
const rows = Array.from({ length: 3000 }, (_, index) => row(index))

const openRows = async (memory = 2 ** 30): Promise<OpenTable> => {
  const { path } = await write("table", columns, rows)
  const table = await openTable(path, memory)
  opened.push(table)
  return table
}
const bytesOf = async (table: OpenTable, request: DownloadRequest): Promise<Buffer> => {
  const pieces: Array<Uint8Array> = []
  for await (const piece of downloadPieces(table, request)) pieces.push(piece)
  return Buffer.concat(pieces)
}

const filters = [
  { column: "flag", op: "=", value: true },
  { column: "d", op: "<", value: 100 },
] as const
const sort = [
  { column: "d", direction: "descending" },
  { column: "n", direction: "ascending" },
] as const
const selected = rows.filter(({ flag, d }) => flag === true && d !== null && d < 100)
const sorted = [...selected].sort((a, b) => (b.d as number) - (a.d as number) || a.n - b.n)

describe("a download has the bytes of", () => {
  test.each([
    ["csv", exportCsv],
    ["jsonl", exportJsonLines],
  ] as const)("an export as %s of the selected rows, in their order", async (format, exportTo) => {
    const table = await openRows()
    for (const [request, expected] of [
      [{ filters }, selected],
      [{ filters, sort }, sorted],
      [{}, rows],
    ] as const) {
      const { path } = await write("expected", columns, expected)
      await exportTo(path, at("expected.out"))
      expect((await bytesOf(table, { ...request, format })).equals(await readFile(at("expected.out")))).toBe(true)
    }
  })

  test("a Parquet file that a stage writes of the selected rows", async () => {
    const table = await openRows()
    const { path } = await write("expected", columns, sorted)
    expect((await bytesOf(table, { filters, sort, format: "parquet" })).equals(await readFile(path))).toBe(true)
    expect(await readRows(path, columns)).toEqual(sorted)
  })
})

test("a download has the columns that were chosen, in their order", async () => {
  const table = await openRows()
  const csv = (
    await bytesOf(table, { columns: ["flag", 'text, "odd"', "n"], filters: [{ column: "n", op: "<", value: 2 }], format: "csv" })
  ).toString()
  expect(csv).toBe('flag,"text, ""odd""",n\ntrue,,0\nfalse,"row 1, ""quoted""\n=1+1 # ",1\n')
  await expect(bytesOf(table, { columns: [], format: "csv" })).rejects.toMatchObject({ _tag: "QueryError" })
  await expect(bytesOf(table, { columns: ["m"], format: "csv" })).rejects.toMatchObject({
    message: expect.stringContaining('no column "m"'),
  })
  await expect(bytesOf(table, { format: "xls" as DownloadFormat })).rejects.toMatchObject({
    message: 'no table is written as "xls": ask for csv, jsonl, parquet',
  })
})

test("a sorted download is the same in as many passes as its memory allows", async () => {
  const text = "a text that is long enough ".repeat(40)
  const many = Array.from({ length: 20_000 }, (_, index) => ({ key: (index * 7919) % 20_000, text: `${index} ${text}` }))
  const { path } = await write("many", { key: "int32", text: "utf8" }, many)
  const request = { sort: [{ column: "key", direction: "ascending" }], format: "csv" } as const
  const texts: Array<string> = []
  for (const memory of [2 ** 27, 2 ** 30]) {
    const table = await openTable(path, memory)
    opened.push(table)
    texts.push((await bytesOf(table, request)).toString())
  }
  expect(texts[0] === texts[1]).toBe(true)
  expect(
    texts[0]
      ?.split("\n")
      .slice(1, -1)
      .map((line) => Number.parseInt(line, 10)),
  ).toEqual(many.map((_, index) => index))
})

test("no more is read than is taken", async () => {
  const many = Array.from({ length: 200_000 }, (_, index) => ({ index, text: `the text of row ${index}` }))
  const { path } = await write("long", { index: "int32", text: "utf8" }, many)
  const table = await openTable(path, 2 ** 30)
  opened.push(table)
  const pieces = downloadPieces(table, { format: "csv" })
  const first = (await pieces.next()).value as Uint8Array
  await pieces.return()
  expect(first.length).toBeLessThan(2 ** 21)
  expect(Buffer.from(first).toString("utf8", 0, 40)).toBe("index,text\n0,the text of row 0\n1,the tex")
})

test("texts of any characters are read again from JSON Lines", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: "binary" })), async (texts) => {
      const { path } = await write(
        "texts",
        { text: "utf8" },
        texts.map((text) => ({ text })),
      )
      const table = await openTable(path, 2 ** 30)
      opened.push(table)
      const lines = (await bytesOf(table, { format: "jsonl" })).toString().split("\n").slice(0, -1)
      expect(lines.map((line) => JSON.parse(line).text)).toEqual(texts)
    }),
    { numRuns: 10 },
  )
})
