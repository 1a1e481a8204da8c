import { truncate, writeFile } from "node:fs/promises"
import { DuckDBInstance } from "@duckdb/node-api"
import fc from "fast-check"
import { afterEach, describe, expect, test } from "vitest"
import type { Filter, FilterOperator, FilterValue, PageRequest, Sort } from "../../../data/grid/index.ts"
import { readHistogram } from "../../../data/query/histogram.ts"
import { type OpenTable, openTable } from "../../../data/query/open-table.ts"
import { openTables } from "../../../data/query/open-tables.ts"
import { readPage } from "../../../data/query/page.ts"
import { countSelected, readStatistics } from "../../../data/query/statistics.ts"
import type { Columns, Row } from "../../../dsl/column.ts"
import { tablesFolder } from "../tables.ts"

const { at, write } = tablesFolder()
const memory = 2 ** 30
const opened: Array<OpenTable> = []
afterEach(() => {
  for (const table of opened.splice(0)) table.close()
})
let files = 0
const open = async (path: string): Promise<OpenTable> => {
  const table = await openTable(path, memory)
  opened.push(table)
  return table
}
const tableOf = async <const C extends Columns>(columns: C, rows: ReadonlyArray<Row<C>>): Promise<OpenTable> => {
  files += 1
  return open((await write(`table-${files}`, columns, rows)).path)
}

/** Names that are SQL, or words that the questions themselves use. */
const hostile = [
  'a"b',
  'x"; drop view numbered; --',
  "new\nline",
  "row number",
  "file_row_number",
  "value",
  "rows",
  "measure",
  "number",
  "t",
  "漢字",
]

const columns = { n: "int32", f: "float32?", d: "float64?", word: "utf8?", flag: "bool?", list: "list<int32>?" } as const satisfies Columns
type Cells = Row<typeof columns>
const nullable = <A>(cell: fc.Arbitrary<A>) => fc.option(cell, { nil: null })
const words = fc.constantFrom("", "gold", "Gold", "pro'xy", "Straße", "ÄÖ", "a\0b", 'q"q', "😀", "%_")
const floats = fc.constantFrom(0, -0, 0.1, 1, -2.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
const row: fc.Arbitrary<Cells> = fc.record({
  n: fc.integer({ min: -3, max: 3 }),
  f: nullable(floats.map(Math.fround)),
  d: nullable(floats),
  word: nullable(words),
  flag: nullable(fc.boolean()),
  list: nullable(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }).map((items) => Int32Array.from(items))),
})

const ofJson = (value: FilterValue | undefined): unknown =>
  typeof value === "string" && /^(NaN|-?Infinity)$/.test(value) ? Number(value) : value

const compare = (a: number | string, b: number | string): number => (a < b ? -1 : a > b ? 1 : 0)

/** What a filter means, without a database. */
const holds = (cells: Cells, { column, length, op, value }: Filter): boolean => {
  const stored = cells[column as keyof Cells]
  const cell = length && stored !== null ? [...(stored as string | Int32Array)].length : stored
  if (op === "is null") return cell === null
  if (op === "is not null") return cell !== null
  const same = (wanted: unknown) => (column === "f" && typeof wanted === "number" ? Math.fround(wanted) : wanted)
  const equal = (wanted: unknown) =>
    typeof cell === "number" ? cell === same(wanted) || (Number.isNaN(cell) && Number.isNaN(wanted)) : cell === wanted
  if (op === "!=") return !equal(ofJson(value as FilterValue))
  if (cell === null) return false
  if (op === "in") return (value as ReadonlyArray<FilterValue>).some((each) => equal(ofJson(each)))
  if (op === "contains") {
    if (cell instanceof Int32Array) return cell.includes(value as number)
    return (cell as string).toLowerCase().includes((value as string).toLowerCase())
  }
  const wanted = ofJson(value as FilterValue)
  if (op === "=") return equal(wanted)
  if (Number.isNaN(cell) || Number.isNaN(wanted)) return false
  const order = compare(cell as number, same(wanted) as number)
  return { "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 }[op as "<"]
}

const jsonFloats = fc.constantFrom<FilterValue>(0, 0.1, 1, -2.5, 7, "NaN", "Infinity", "-Infinity")
const comparisons = fc.constantFrom<FilterOperator>("=", "!=", "<", "<=", ">", ">=")
const filterOf = (column: string, op: fc.Arbitrary<FilterOperator>, value: fc.Arbitrary<FilterValue | ReadonlyArray<FilterValue>>) =>
  fc.record({ column: fc.constant(column), op, value })
const filter: fc.Arbitrary<Filter> = fc.oneof(
  ...["n", "f", "d"].flatMap((name) => [filterOf(name, comparisons, jsonFloats), filterOf(name, fc.constant("in"), fc.array(jsonFloats))]),
  filterOf("word", fc.constantFrom("=", "!=", "contains"), words),
  filterOf("word", fc.constant("in"), fc.array(words)),
  filterOf("flag", fc.constantFrom("=", "!="), fc.boolean()),
  filterOf("list", fc.constant("contains"), fc.integer({ min: 0, max: 3 })),
  ...["word", "list"].map((name) => filterOf(name, comparisons, fc.integer({ min: 0, max: 5 })).map((made) => ({ ...made, length: true }))),
  fc.record({ column: fc.constantFrom(...Object.keys(columns)), op: fc.constantFrom<FilterOperator>("is null", "is not null") }),
)

test("a page has the rows that its filters hold of, in the order of its sort, with their numbers", async () => {
  const sortKey = (cells: Cells, { column }: Sort): number | null => {
    const cell = cells[column as keyof Cells]
    if (cell instanceof Int32Array) return cell.length
    return cell === null || Number.isNaN(cell) ? null : Number(cell)
  }
  const sorts = fc.array(
    fc.record<Sort>({ column: fc.constantFrom("n", "f", "d", "flag", "list"), direction: fc.constantFrom("ascending", "descending") }),
    { maxLength: 2 },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1 }),
      fc.array(fc.tuple(fc.array(filter, { maxLength: 2 }), sorts)),
      async (rows, requests) => {
        const table = await tableOf(columns, rows)
        for (const [filters, sort] of requests) {
          const expected = [...rows.keys()]
            .filter((index) => filters.every((each) => holds(rows[index] as Cells, each)))
            .sort((a, b) => {
              for (const by of sort) {
                const [first, second] = [sortKey(rows[a] as Cells, by), sortKey(rows[b] as Cells, by)]
                if (first === second || (first === null && second === null)) continue
                if (first === null || second === null) return first === null ? 1 : -1
                return by.direction === "ascending" ? first - second || 0 : second - first || 0
              }
              return a - b
            })
          const page = await readPage(table, { filters, sort, offset: 1, limit: 3, columns: ["n"] })
          expect(page.rows, JSON.stringify({ filters, sort })).toEqual(
            expected.slice(1, 4).map((index) => ({ row: index, cells: [rows[index]?.n] })),
          )
          expect([page.total, await countSelected(table, { filters })]).toEqual([expected.length, expected.length])
        }
      },
    ),
    { numRuns: 12 },
  )
})

test("a search finds texts in any column, whatever their case, and takes nothing in them for a pattern", async () => {
  const table = await tableOf({ a: "utf8", b: "utf8?", n: "int32" }, [
    { a: "A movie", b: null, n: 1 },
    { a: "", b: "100%", n: 2 },
    { a: "it's", b: "MOVIE", n: 3 },
  ])
  const found = async (search: string) => (await readPage(table, { search, offset: 0, limit: 10 })).rows.map(({ row }) => row)
  expect([await found("movie"), await found("%"), await found("'"), await found("nothing"), await found("")]).toEqual([
    [0, 2],
    [1],
    [2],
    [],
    [0, 1, 2],
  ])
})

test("columns of any name are shown, filtered, sorted and counted", async () => {
  const odd = Object.fromEntries(hostile.map((name) => [name, "utf8" as const]))
  const rows = [1, 0, 2].map((n) => Object.fromEntries(hostile.map((name) => [name, `${name} ${n}`])))
  const table = await tableOf(odd, rows)
  expect(table.columns.map(({ name }) => name)).toEqual(hostile)
  for (const name of hostile) {
    const selection = { filters: [{ column: name, op: "contains", value: name }] } as const
    const page = await readPage(table, { ...selection, sort: [{ column: name, direction: "descending" }], offset: 0, limit: 9 })
    expect(page.rows.map(({ row }) => row)).toEqual([2, 0, 1])
    expect(page.rows[0]?.cells).toEqual(hostile.map((other) => `${other} 2`))
    expect(await readHistogram(table, { ...selection, column: name })).toMatchObject({ kind: "values", rows: 3, distinct: 3 })
    expect((await readStatistics(table, { ...selection, columns: [name] })).columns).toMatchObject([{ column: name, min: `${name} 0` }])
  }
})

test("cells are cut where they are longer than wanted, and it is said which", async () => {
  const table = await tableOf({ short: "utf8", long: "utf8", ids: "list<int32>" }, [
    { short: "abc", long: "abcdefgh", ids: Int32Array.of(1, 2, 3, 4, 5, 6) },
    { short: "", long: "abc", ids: Int32Array.of(1) },
  ])
  expect((await readPage(table, { offset: 0, limit: 2, cell: 5 })).rows).toEqual([
    { row: 0, cells: ["abc", "abcde…", [1, 2, 3, 4, 5]], cut: [1, 2] },
    { row: 1, cells: ["", "abc", [1]] },
  ])
})

test("what a table cannot be asked is refused, and it is said why", async () => {
  const table = await tableOf({ score: "float64", word: "utf8" }, [{ score: 1, word: "x" }])
  for (const [request, message] of [
    [{ filters: [{ column: "scor", op: "=", value: 1 }] }, 'the table has no column "scor"; did you mean score? Columns: score, word'],
    [{ filters: [{ column: "score", op: "like", value: "x" }] }, /^score is a column of numbers: like does not apply; use =, /],
    [{ filters: [{ column: "score", op: "=", value: "1 or true" }] }, /expected a number, .*found "1 or true"$/],
    [{ filters: [{ column: "score", op: "=", value: { toString: "1" } }] }, /expected a number, .*found {"toString":"1"}$/],
    [{ filters: [{ column: "word", op: "=" }] }, "word is a column of text: expected a text, found nothing"],
    [{ filters: [{ column: "score", length: true, op: "=", value: 1 }] }, "a column of numbers has no length: score"],
    [{ sort: [{ column: "score", direction: "asc; drop" }] }, /direction "asc; drop": expected ascending or descending$/],
    [{ columns: ["nope"] }, /^the table has no column "nope"/],
    [{ offset: -1 }, "the page's offset is -1: expected a whole number from 0 to 9007199254730991"],
    [{ limit: 0.5 }, "the page's limit is 0.5: expected a whole number from 0 to 10000"],
    [{ limit: 200, cell: 1e9 }, "the page's cell is 1000000000: expected a whole number from 1 to 335544"],
  ] as const)
    await expect(readPage(table, { offset: 0, limit: 1, ...request } as PageRequest), JSON.stringify(request)).rejects.toMatchObject({
      _tag: "QueryError",
      reason: "invalid",
      message: typeof message === "string" ? message : expect.stringMatching(message),
    })
})

describe("a histogram", () => {
  test("of numbers has each finite one in its bin, and counts the others", async () => {
    const cell = nullable(fc.oneof(fc.double(), fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: -50, max: 50 })))
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 25, maxLength: 200 }), async (cells) => {
        const table = await tableOf(
          { d: "float64?" },
          cells.map((d) => ({ d })),
        )
        const histogram = await readHistogram(table, { column: "d" })
        const numbers = cells.filter((each) => each !== null)
        const finite = numbers.filter(Number.isFinite)
        const nan = numbers.filter(Number.isNaN).length
        expect(histogram).toMatchObject({ column: "d", rows: cells.length, nulls: cells.length - numbers.length, nan })
        if (histogram.kind !== "numbers") {
          expect(histogram.kind).toBe("values")
          expect(new Set(finite).size).toBeLessThanOrEqual(20)
          return
        }
        expect(histogram.infinite).toBe(numbers.length - finite.length - nan)
        const last = histogram.bins.at(-1)
        for (const { from, to, count } of histogram.bins)
          expect(count).toBe(finite.filter((each) => each >= from && (each < to || (to === last?.to && each === to))).length)
      }),
      { numRuns: 15 },
    )
  })

  test("of few different numbers lists them in their order, NaN and null apart", async () => {
    const cells = [1, 0.5, 1, null, Number.NaN, Number.POSITIVE_INFINITY, 0.5, 1]
    const table = await tableOf(
      { p: "float32?" },
      cells.map((p) => ({ p })),
    )
    expect(await readHistogram(table, { column: "p" })).toEqual({
      column: "p",
      kind: "values",
      rows: 8,
      nulls: 1,
      nan: 1,
      values: [
        { value: 0.5, count: 2 },
        { value: 1, count: 3 },
        { value: "Infinity", count: 1 },
      ],
      distinct: 3,
      others: 0,
    })
  })

  test("of text lists the most frequent values, or lengths if there are very many", async () => {
    const rows = Array.from({ length: 3000 }, (_, index) => ({ source: `s${Math.floor(Math.sqrt(index))}`, text: "x".repeat(index) }))
    const table = await tableOf({ source: "utf8", text: "utf8" }, rows)
    const sources = await readHistogram(table, { column: "source" })
    expect(sources).toMatchObject({ kind: "values", distinct: 55, others: expect.any(Number) })
    if (sources.kind === "values") {
      expect(sources.values[0]).toEqual({ value: "s53", count: 107 })
      expect(sources.values).toHaveLength(20)
      expect(sources.values.reduce((sum, { count }) => sum + count, sources.others)).toBe(3000)
    }
    const texts = await readHistogram(table, { column: "text" })
    expect(texts).toMatchObject({ kind: "lengths", unit: "characters" })
    if (texts.kind === "lengths")
      expect(texts.bins.map(({ from, count }) => [from, count]).slice(0, 2)).toEqual([
        [0, 100],
        [100, 100],
      ])
  })

  test("of a selection is of its rows; of booleans it has their counts, of lists their lengths", async () => {
    const rows = Array.from({ length: 10 }, (_, index) => ({ keep: index < 6, ids: new Int32Array(index) }))
    const table = await tableOf({ keep: "bool", ids: "list<int32>" }, rows)
    const filters = [{ column: "keep", op: "=", value: true }] as const
    expect(await readHistogram(table, { column: "ids", filters })).toMatchObject({
      kind: "lengths",
      unit: "items",
      rows: 6,
      bins: [0, 1, 2, 3, 4, 5].map((from) => ({ from, to: from + 1, count: 1 })),
    })
    expect(await readHistogram(table, { column: "keep" })).toMatchObject({
      kind: "values",
      values: [
        { value: true, count: 6 },
        { value: false, count: 4 },
      ],
    })
  })

  test("of nothing has no bins", async () => {
    const table = await tableOf({ d: "float64?", ids: "list<int32>" }, [])
    expect(await readHistogram(table, { column: "d" })).toMatchObject({ rows: 0, nulls: 0, values: [], distinct: 0, others: 0 })
    expect(await readHistogram(table, { column: "ids" })).toMatchObject({ rows: 0, kind: "lengths", bins: [] })
  })
})

test("statistics count nulls and NaN apart from numbers, and describe lists by their lengths", async () => {
  const table = await tableOf({ d: "float64?", word: "utf8?", flag: "bool", ids: "list<int32>" }, [
    { d: 1, word: "b", flag: true, ids: Int32Array.of(1, 2) },
    { d: Number.NaN, word: "a", flag: false, ids: new Int32Array() },
    { d: null, word: null, flag: true, ids: Int32Array.of(1) },
    { d: Number.POSITIVE_INFINITY, word: "b", flag: true, ids: Int32Array.of(1) },
    { d: 2, word: "x".repeat(500), flag: true, ids: Int32Array.of(1) },
  ])
  expect(await readStatistics(table, {})).toEqual({
    rows: 5,
    columns: [
      { column: "d", nulls: 1, nan: 1, distinct: 4, min: 1, max: "Infinity", mean: 1.5 },
      { column: "word", nulls: 1, nan: 0, distinct: 3, min: "a", max: `${"x".repeat(200)}…`, mean: null },
      { column: "flag", nulls: 0, nan: 0, distinct: 2, min: false, max: true, mean: 0.8 },
      { column: "ids", nulls: 0, nan: 0, distinct: 3, min: 0, max: 2, mean: 1 },
    ],
  })
  expect((await readStatistics(table, { columns: ["d"], filters: [{ column: "d", op: "is null" }] })).columns).toEqual([
    { column: "d", nulls: 1, nan: 0, distinct: 0, min: null, max: null, mean: null },
  ])
})

test("columns of types that no table of Assay's has are shown and asked by their texts", async () => {
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  const cells =
    "date '2024-05-14' + i::INTEGER AS made, i::BIGINT + 9007199254740992 AS big, (i / 4)::DECIMAL(9, 2) AS price, {a: i} AS pair, ['x', i::VARCHAR] AS words"
  await connection.run(`COPY (SELECT ${cells} FROM range(3) AS r(i)) TO '${at("foreign")}' (FORMAT parquet)`)
  connection.closeSync()
  instance.closeSync()
  const table = await open(at("foreign"))
  expect(table.columns.map(({ kind }) => kind)).toEqual(["other", "number", "number", "other", "list"])
  const rows = async (filters: ReadonlyArray<Filter>) =>
    (await readPage(table, { filters, offset: 0, limit: 9 })).rows.map(({ row }) => row)
  expect(await rows([{ column: "made", op: ">", value: "2024-05-14" }])).toEqual([1, 2])
  expect(await rows([{ column: "price", op: "<=", value: 0.25 }])).toEqual([0, 1])
  expect(await rows([{ column: "words", op: "contains", value: "2" }])).toEqual([2])
  expect(await rows([{ column: "pair", op: "contains", value: "'a': 1" }])).toEqual([1])
  expect((await readPage(table, { offset: 1, limit: 1 })).rows).toEqual([
    { row: 1, cells: ["2024-05-15", "9007199254740993", 0.25, "{'a': 1}", "[x, 1]"] },
  ])
  const kinds = ["made", "big", "price", "pair", "words"].map(async (column) => (await readHistogram(table, { column })).kind)
  expect(await Promise.all(kinds)).toEqual(["values", "values", "values", "values", "lengths"])
  expect((await readStatistics(table, {})).columns.map(({ distinct }) => distinct)).toEqual([3, 3, 3, 3, 1])
})

describe("a table of a million rows", () => {
  const count = 1_000_000
  const columns = { id: "int32", score: "float64", source: "utf8", text: "utf8" } as const
  const score = (index: number): number => (index * 7919) % count
  const big = async (): Promise<OpenTable> => {
    const parts = Array.from({ length: count / 50_000 }, (_, part) =>
      Array.from({ length: 50_000 }, (_, index) => {
        const id = part * 50_000 + index
        return { id, score: score(id), source: id % 3 === 0 ? "gold" : "proxy", text: `the text of row ${id}` }
      }),
    )
    return open((await write("big", columns, ...parts)).path)
  }
  /** Milliseconds of the middle of several runs. */
  const median = async (act: (time: number) => Promise<unknown>): Promise<number> => {
    const times: Array<number> = []
    for (let time = 0; time < 7; time++) {
      const start = performance.now()
      await act(time)
      times.push(performance.now() - start)
    }
    return times.sort((a, b) => a - b)[3] as number
  }

  test("is paged through without reading what comes before, and sorted or filtered once", async () => {
    const table = await big()
    const page = (offset: number, request: Partial<PageRequest> = {}) => readPage(table, { offset, limit: 200, ...request })
    expect((await page(777_777)).rows[3]).toEqual({
      row: 777_780,
      cells: [777_780, score(777_780), "gold", "the text of row 777780"],
    })
    const sort: ReadonlyArray<Sort> = [{ column: "score", direction: "descending" }]
    const sorted = await page(500_000, { sort })
    expect(sorted.rows.map(({ cells }) => cells[1])).toEqual(Array.from({ length: 200 }, (_, index) => 499_999 - index))
    expect(sorted.rows.every(({ row, cells }) => cells[0] === row && score(row) === cells[1])).toBe(true)
    const filters = [{ column: "source", op: "=", value: "gold" }] as const
    const filtered = await page(300_000, { filters })
    expect([filtered.total, filtered.rows[0]?.row, filtered.rows[199]?.row]).toEqual([333_334, 900_000, 900_597])

    const whole = await median(() => table.connection.runAndReadAll(`SELECT max(text), max(score), max(source) FROM ${table.view}`))
    expect(await median((time) => page(990_000 - time * 1000))).toBeLessThan(Math.max(50, whole / 2))
    const offsets = (time: number) => (time % 7) * 40_000
    expect(await median((time) => page(offsets(time), { filters }))).toBeLessThan(Math.max(50, whole / 2))
  })
})

describe("a damaged table", () => {
  test("is named when it is opened or read, whatever is damaged", async () => {
    const rows = Array.from({ length: 5000 }, (_, index) => ({ n: index, text: `row ${index}` }))
    const { path } = await write("damaged", { n: "int32", text: "utf8" }, rows)
    await writeFile(at("none"), "not Parquet at all")
    for (const file of [at("none"), at("absent")])
      await expect(openTable(file, memory)).rejects.toMatchObject({ _tag: "DataFileError", message: expect.stringContaining(file) })
    // The footer is whole, and the pages are not.
    await writeFile(path, Buffer.alloc(3000, 7), { flag: "r+" })
    const table = await open(path)
    await expect(readPage(table, { offset: 0, limit: 5000 })).rejects.toMatchObject({ _tag: "DataFileError", file: path })
    await truncate(path, 100)
    await expect(openTable(path, memory)).rejects.toMatchObject({ _tag: "DataFileError", file: path })
  })

  test("is opened again when it is asked again", async () => {
    const tables = openTables()
    const rows = [{ n: 1 }]
    const { path } = await write("mended", { n: "int32" }, rows)
    const first = () => tables.use(path, memory, (table) => readPage(table, { offset: 0, limit: 1 }))
    await writeFile(path, Buffer.alloc(40, 7), { flag: "r+" })
    await expect(first()).rejects.toMatchObject({ _tag: "DataFileError" })
    await write("mended", { n: "int32" }, rows)
    expect((await first()).rows).toEqual([{ row: 0, cells: [1] }])
    tables.close()
  })
})
