import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { exportCsv, exportJsonLines } from "../../data/export/index.ts"
import { openTableWriter, readColumns } from "../../data/parquet/index.ts"
import type { Columns, Row } from "../../dsl/column.ts"

let folder: string
let table: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-export-"))
  table = join(folder, "table.parquet")
  file = join(folder, "table.out")
})
afterAll(() => rm(folder, { recursive: true }))

const columns = {
  b: "bool?",
  i: "int32?",
  f: "float32?",
  d: "float64?",
  'text, "quoted"': "utf8?",
  ints: "list<int32>?",
  floats: "list<float32>?",
} as const satisfies Columns
type TestRow = Row<typeof columns>

const write = async <const C extends Columns>(rows: ReadonlyArray<Row<C>>, of: C): Promise<void> => {
  const writer = await openTableWriter(table, of)
  await writer.append(rows)
  await writer.close()
}

const nullable = <A>(cell: fc.Arbitrary<A>) => fc.option(cell, { nil: null })
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const row: fc.Arbitrary<TestRow> = fc.record({
  b: nullable(fc.boolean()),
  i: nullable(int),
  f: nullable(fc.float()),
  d: nullable(fc.double()),
  'text, "quoted"': nullable(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "null", "a\r\nb", '"', ",", "#", "\n", "é😀"))),
  ints: nullable(fc.int32Array()),
  floats: nullable(fc.float32Array()),
})

/** A cell as JSON can have it: NaN and infinities are null, lists are arrays. */
const plain = (cell: TestRow[keyof TestRow], finite: boolean): unknown => {
  if (typeof cell === "number") return finite && !Number.isFinite(cell) ? null : cell
  if (cell instanceof Float32Array || cell instanceof Int32Array) return Array.from(cell, (item) => (Number.isFinite(item) ? item : null))
  return cell
}

const plainRow = (cells: TestRow, finite: boolean) =>
  Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, plain(cell, finite)]))

test("the columns of a table are read as they were declared", async () => {
  const declared = { ...columns, must: "list<float32>", flag: "bool" } as const
  await write([], declared)
  expect(await readColumns(table)).toEqual(declared)
})

test("JSON Lines have every cell again, and count the numbers that JSON cannot express", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row), async (rows) => {
      await write(rows, columns)
      const { notFinite } = await exportJsonLines(table, file)
      const lines = (await readFile(file, "utf8")).split("\n").slice(0, -1)
      expect(lines.map((line) => JSON.parse(line))).toEqual(rows.map((cells) => plainRow(cells, true)))
      const numbers = rows.flatMap(({ f, d, floats }) => [f, d, ...(floats ?? [])])
      expect(notFinite).toBe(numbers.filter((number) => number !== null && !Number.isFinite(number)).length)
    }),
    { numRuns: 25 },
  )
})

test("in JSON Lines a float always looks like one, so that no reader takes its column for integers", async () => {
  await write([{ d: 1 }, { d: -0 }, { d: 1e21 }, { d: 5e-324 }, { d: -3.5 }], { d: "float64" })
  await exportJsonLines(table, file)
  expect(await readFile(file, "utf8")).toBe('{"d":1.0}\n{"d":-0.0}\n{"d":1e+21}\n{"d":5e-324}\n{"d":-3.5}\n')
})

test("CSV has every cell again, null apart from an empty text, lists as JSON", async () => {
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  await fc.assert(
    fc.asyncProperty(fc.array(row), async (rows) => {
      await write(rows, columns)
      await exportCsv(table, file)
      const types = "{b: 'BOOLEAN', i: 'INTEGER', f: 'FLOAT', d: 'DOUBLE', t: 'VARCHAR', ints: 'VARCHAR', floats: 'VARCHAR'}"
      const read = await connection.runAndReadAll(
        `SELECT * FROM read_csv('${file}', auto_detect=false, header=true, columns=${types}, delim=',', quote='"', escape='"', nullstr='', allow_quoted_nulls=false, parallel=false)`,
      )
      const cells = read.getRows().map(([b, i, f, d, text, ints, floats]) => ({
        b,
        i,
        f,
        d,
        'text, "quoted"': text,
        ints: ints === null ? null : JSON.parse(String(ints)),
        floats:
          floats === null ? null : Array.from(JSON.parse(String(floats)), (item) => (item === null ? null : Math.fround(item as number))),
      }))
      expect(cells).toEqual(rows.map((each) => plainRow(each, false)))
    }),
    { numRuns: 25 },
  )
  connection.closeSync()
  instance.closeSync()
})

test("CSV is what its readers expect: a header, quotes only where they are needed, nan and inf", async () => {
  await write(
    [
      {
        b: true,
        i: 1,
        f: 0.1,
        d: 0.1 + 0.2,
        'text, "quoted"': 'a, "b"\n',
        ints: Int32Array.of(1, 2),
        floats: Float32Array.of(0.5, Number.NaN),
      },
      { b: null, i: null, f: null, d: null, 'text, "quoted"': null, ints: null, floats: null },
      {
        b: false,
        i: -1,
        f: Number.NaN,
        d: Number.NEGATIVE_INFINITY,
        'text, "quoted"': "",
        ints: new Int32Array(),
        floats: new Float32Array(),
      },
    ],
    columns,
  )
  await exportCsv(table, file)
  expect(await readFile(file, "utf8")).toBe(
    `b,i,f,d,"text, ""quoted""",ints,floats
true,1,0.1,0.30000000000000004,"a, ""b""
","[1,2]","[0.5,null]"
,,,,,,
false,-1,nan,-inf,"",[],[]
`,
  )
})

test("equal tables give equal bytes, however many row groups they have", async () => {
  const rows = Array.from({ length: 150_000 }, (_, index) => ({ i: index, text: `row ${index}` }))
  const bytes: Array<string> = []
  for (let time = 0; time < 2; time++) {
    await write(rows, { i: "int32", text: "utf8" })
    await exportCsv(table, file)
    bytes.push(await readFile(file, "utf8"))
    await exportJsonLines(table, file)
    bytes.push(await readFile(file, "utf8"))
  }
  expect(bytes[2]).toBe(bytes[0])
  expect(bytes[3]).toBe(bytes[1])
  expect(bytes[0]?.split("\n").slice(1, -1)).toEqual(rows.map(({ i, text }) => `${i},${text}`))
})

test.each([
  ["CSV", exportCsv],
  ["JSON Lines", exportJsonLines],
])("%s that cannot be written is named, and so is a table that is none", async (_, exportTo) => {
  await write([{ d: 1 }], { d: "float64" })
  const absent = join(folder, "absent", "table.out")
  await expect(exportTo(table, absent)).rejects.toMatchObject({ _tag: "DataFileError", file: absent })
  const missing = join(folder, "missing.parquet")
  await expect(exportTo(missing, file)).rejects.toMatchObject({ _tag: "DataFileError", message: `${missing}: does not exist` })
})
