import { readFile, stat } from "node:fs/promises"
import { DuckDBInstance } from "@duckdb/node-api"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { ByteSource } from "../../data/byte-source.ts"
import { readParquetRows } from "../../data/interchange/container/parquet.ts"
import { openFile } from "../../data/open-file.ts"
import { digestTable, openTableWriter, readBatches, readRows } from "../../data/parquet/index.ts"
import { preferences } from "../../data/schema/index.ts"
import type { Columns, Row } from "../../dsl/column.ts"
import { preference, preferenceRows, tablesFolder } from "./tables.ts"

const every = {
  flag: "bool",
  count: "int32",
  single: "float32",
  double: "float64",
  word: "utf8",
  ids: "list<int32>",
  weights: "list<float32>",
  "flag?": "bool?",
  "count?": "int32?",
  "single?": "float32?",
  "double?": "float64?",
  "word?": "utf8?",
  "ids?": "list<int32>?",
  "weights?": "list<float32>?",
} as const satisfies Columns

const { at, write } = tablesFolder()

const orNull = <A>(cell: fc.Arbitrary<A>) => fc.option(cell, { nil: null })
const cell = {
  bool: fc.boolean(),
  int32: fc.integer(),
  float32: fc.float({ noDefaultInfinity: false }),
  float64: fc.double(),
  utf8: fc.string({ unit: "binary" }),
  "list<int32>": fc.int32Array(),
  "list<float32>": fc.float32Array(),
}
const row = fc.record({
  flag: cell.bool,
  // −0 is not an integer of its own.
  count: cell.int32.map((value) => value + 0),
  single: cell.float32,
  double: cell.float64,
  word: cell.utf8,
  ids: cell["list<int32>"],
  weights: cell["list<float32>"],
  "flag?": orNull(cell.bool),
  "count?": orNull(cell.int32.map((value) => value + 0)),
  "single?": orNull(cell.float32),
  "double?": orNull(cell.float64),
  "word?": orNull(cell.utf8),
  "ids?": orNull(cell["list<int32>"]),
  "weights?": orNull(cell["list<float32>"]),
})

describe("a table", () => {
  test("comes back as it was written, whatever its cells and however it was appended, and so does its digest", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 40 }), fc.nat(), async (rows, cut) => {
        const split = rows.length === 0 ? 0 : cut % rows.length
        const whole = await write("whole.parquet", every, rows)
        const parts = await write("parts.parquet", every, rows.slice(0, split), [], rows.slice(split))
        expect(await readRows(whole.path, every)).toEqual(rows)
        expect(parts.digest).toBe(whole.digest)
        expect(await digestTable(whole.path, every)).toEqual({ rows: rows.length, digest: whole.digest })
        expect((await readFile(parts.path)).equals(await readFile(whole.path))).toBe(true)
        expect(whole.bytes).toBe((await stat(whole.path)).size)
      }),
      { numRuns: 40 },
    )
  })

  test("of more rows than a row group comes back in batches, in order", async () => {
    const rows = preferenceRows(70_000)
    const { path, digest } = await write("long.parquet", preferences, rows)
    const sizes: Array<number> = []
    let seen = 0
    for await (const batch of readBatches(path, preferences)) {
      sizes.push(batch.length)
      expect(batch[0]).toEqual(preference(seen))
      expect(batch.at(-1)).toEqual(preference(seen + batch.length - 1))
      seen += batch.length
    }
    // Portions of the first row group, then of the second.
    expect(sizes).toEqual([...Array.from({ length: 16 }, () => 4096), 4096, 368])
    const odd = await write("odd.parquet", preferences, rows.slice(0, 1), rows.slice(1, 65_537), rows.slice(65_537))
    expect(odd.digest).toBe(digest)
    expect((await readFile(odd.path)).equals(await readFile(path))).toBe(true)
  })

  test("of long cells starts a new row group before too much is held at once", async () => {
    const rows = Array.from({ length: 3000 }, (_, index) => ({ text: String(index).padEnd(20_000, "x") }))
    const { path } = await write("wide.parquet", { text: "utf8" }, rows)
    const sizes: Array<number> = []
    for await (const batch of readBatches(path, { text: "utf8" })) sizes.push(batch.length)
    expect(sizes).toEqual([2048, 952])
  })

  test("of cells that are all alike comes back, whatever they are and wherever they change", async () => {
    const alike = { word: "utf8", "maybe?": "utf8?" } as const
    for (const text of ["", "key", "漢字", "😀 é", "x".repeat(5000)]) {
      const rows = Array.from({ length: 3000 }, (_, index) => ({
        word: index < 2500 ? text : "b",
        "maybe?": index % 1500 === 0 ? null : text,
      }))
      const { path, digest } = await write("alike.parquet", alike, rows)
      expect(await readRows(path, alike)).toEqual(rows)
      expect((await digestTable(path, alike)).digest).toBe(digest)
    }
  })

  test("keeps a dictionary of cells that return and none of cells that do not", async () => {
    const columns = { same: "utf8", each: "utf8", "score?": "float64?", sum: "float64" } as const
    const rows = Array.from({ length: 5000 }, (_, index) => ({
      same: `prompt ${index % 50}`,
      each: `response ${index}`,
      "score?": index % 3 === 0 ? null : index % 7,
      sum: index / 3,
    }))
    const { path } = await write("layout.parquet", columns, rows)
    expect(await readRows(path, columns)).toEqual(rows)
    const instance = await DuckDBInstance.create(":memory:")
    const connection = await instance.connect()
    const found = await connection.runAndReadAll(`SELECT path_in_schema AS column, encodings FROM parquet_metadata('${path}')`)
    const encodings = Object.fromEntries(found.getRowObjectsJS().map(({ column, encodings }) => [column, String(encodings)]))
    instance.closeSync()
    expect(encodings.same).toContain("RLE_DICTIONARY")
    expect(encodings["score?"]).toContain("RLE_DICTIONARY")
    expect(encodings.each).toContain("DELTA_LENGTH_BYTE_ARRAY")
    expect(encodings.each).not.toContain("DICTIONARY")
    expect(encodings.sum).not.toContain("DICTIONARY")
  })

  test("of no rows is a table", async () => {
    const { path, rows, digest } = await write("none.parquet", preferences)
    expect(rows).toBe(0)
    expect(await readRows(path, preferences)).toEqual([])
    expect((await digestTable(path, preferences)).digest).toBe(digest)
  })

  test("can be read in a part of its columns", async () => {
    const { path } = await write("part.parquet", preferences, preferenceRows(10))
    const rows = await readRows(path, { rejected_token_ids: "list<int32>", pair_id: "int32" })
    expect(rows[9]).toEqual({ rejected_token_ids: new Int32Array(0), pair_id: 9 })
  })

  test("keeps what its lists were when they were appended", async () => {
    const path = at("reuse.parquet")
    const writer = await openTableWriter(path, { ids: "list<int32>" })
    const ids = Int32Array.of(1, 2)
    await writer.append([{ ids }])
    ids.fill(9)
    await writer.append([{ ids }])
    await writer.close()
    expect(await readRows(path, { ids: "list<int32>" })).toEqual([{ ids: Int32Array.of(1, 2) }, { ids: Int32Array.of(9, 9) }])
  })
})

describe("the digest", () => {
  const digest = async <const C extends Columns>(columns: C, rows: ReadonlyArray<Row<C>>) =>
    (await write("digest.parquet", columns, rows)).digest

  test("changes with any cell, the order of rows, the number of rows, a column's name, type or nullability", async () => {
    const base = [
      { word: "ab", count: 1 },
      { word: "c", count: 2 },
    ]
    const columns = { word: "utf8", count: "int32" } as const
    const digests = [
      await digest(columns, base),
      await digest(columns, [...base].reverse()),
      await digest(columns, base.slice(1)),
      await digest(columns, [base[0]!, { word: "d", count: 2 }]),
      // The same letters, cut elsewhere.
      await digest(columns, [
        { word: "a", count: 1 },
        { word: "bc", count: 2 },
      ]),
      await digest({ word: "utf8", count: "float32" }, base),
      await digest({ word: "utf8", count: "int32?" }, base),
      await digest({ count: "int32", word: "utf8" }, base),
      await digest(
        { text: "utf8", count: "int32" },
        base.map(({ word, count }) => ({ text: word, count })),
      ),
    ]
    expect(new Set(digests).size).toBe(digests.length)
  })

  test("is the same for a file that another program wrote from the same rows, in its own way", async () => {
    const rows = preferenceRows(5000)
    const { path, digest } = await write("ours.parquet", preferences, rows)
    const theirs = at("theirs.parquet")
    const instance = await DuckDBInstance.create(":memory:")
    const connection = await instance.connect()
    await connection.run(`COPY (FROM '${path}') TO '${theirs}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 2048)`)
    instance.closeSync()
    expect(await digestTable(theirs, preferences)).toEqual({ rows: 5000, digest })
    expect(await readRows(theirs, preferences)).toEqual(rows)
  })

  test("tells null from zero, and from the empty string", async () => {
    const columns = { count: "int32?", word: "utf8?" } as const
    const digests = [
      await digest(columns, [{ count: null, word: "" }]),
      await digest(columns, [{ count: 0, word: "" }]),
      await digest(columns, [{ count: 0, word: null }]),
    ]
    expect(new Set(digests).size).toBe(3)
  })

  test("does not depend on which bits a NaN has", async () => {
    const odd = new Float64Array(new BigUint64Array([0xfff8_0000_0000_0001n]).buffer)[0]!
    const values = (value: number) => [{ value, list: Float32Array.of(value) }]
    const columns = { value: "float64", list: "list<float32>" } as const
    expect(await digest(columns, values(odd))).toBe(await digest(columns, values(Number.NaN)))
  })

  test("of these rows is this, today and tomorrow", async () => {
    // The columns that there were when the digest was written down.
    const { judge_labels: _, annotators: __, logp_chosen: ___, logp_rejected: ____, ...columns } = preferences
    expect(await digest(columns, preferenceRows(100))).toMatchInlineSnapshot(
      `"ec60700f741a172c6661696b472d80a9194a0ce5513aa55c487b62dc704b8acf"`,
    )
  })
})

test("columns that are not asked for are neither read nor decoded", async () => {
  const { path } = await write("narrow.parquet", preferences, preferenceRows(70_000))
  const file = await openFile(path)
  let bytes = 0
  const watched: ByteSource = {
    ...file,
    read: (start, end) => {
      bytes += end - start
      return file.read(start, end)
    },
  }
  const records: Array<unknown> = []
  for await (const { fields } of readParquetRows(watched, ["step", "tie"])) records.push(fields)
  await file.close()
  expect(records[69_999]).toEqual({ step: 69_999 >> 5, tie: true })
  expect(bytes).toBeLessThan(watched.size / 10)
})
