import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { ByteSource } from "../../data/byte-source.ts"
import { readParquetRows } from "../../data/interchange/parquet-rows.ts"
import { openFile } from "../../data/open-file.ts"
import { digestTable, openTableWriter, readBatches, readRows } from "../../data/parquet/index.ts"
import { type PreferenceRow, preferences } from "../../data/schema/index.ts"
import type { Columns, Row } from "../../dsl/column.ts"

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

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-parquet-"))
})
afterAll(() => rm(folder, { recursive: true }))

const write = async <const C extends Columns>(name: string, columns: C, ...parts: ReadonlyArray<ReadonlyArray<Row<C>>>) => {
  const path = join(folder, name)
  const writer = await openTableWriter(path, columns)
  for (const rows of parts) await writer.append(rows)
  return { path, ...(await writer.close()) }
}

const preference = (index: number): PreferenceRow => ({
  pair_id: index,
  prompt: `prompt ${index % 97}`,
  chosen: index % 5 === 0 ? ` naïve ${index} 漢字 😀` : ` plain ${index}`,
  rejected: "",
  chosen_token_ids: Int32Array.from({ length: index % 7 }, (_, place) => index * place),
  rejected_token_ids: new Int32Array(0),
  score_chosen: index / 3,
  score_rejected: index % 2 === 0 ? null : -index,
  p_chosen: null,
  tie: index % 3 === 0,
  source: "gold",
  judge_key: "key",
  policy_key: index % 4 === 0 ? null : "policy",
  step: index >> 5,
  position: index & 31,
})

const preferenceRows = (count: number): ReadonlyArray<PreferenceRow> => Array.from({ length: count }, (_, index) => preference(index))

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
    const path = join(folder, "reuse.parquet")
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
    const theirs = join(folder, "theirs.parquet")
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
    expect(await digest(preferences, preferenceRows(100))).toMatchInlineSnapshot(
      `"ec60700f741a172c6661696b472d80a9194a0ce5513aa55c487b62dc704b8acf"`,
    )
  })
})

describe("a cell that its column cannot hold", () => {
  test.each([
    ["int32", 1.5, "1.5 is not int32"],
    ["int32", 2 ** 31, "2147483648 is not int32"],
    ["int32", "1", '"1" is not int32'],
    ["int32", null, "null is not int32"],
    ["int32?", undefined, "nothing is not int32 or null"],
    ["float64", true, "true is not float64"],
    ["bool", 1, "1 is not bool"],
    ["utf8", 1, "1 is not utf8"],
    ["utf8", "a\ud800", "holds half of a surrogate pair, which UTF-8 cannot express"],
    ["list<int32>", [1, 2], "a value of class Array is not list<int32>"],
    ["list<int32>", Float32Array.of(1), "a value of class Float32Array is not list<int32>"],
  ] as const)("%s: %j is refused, with its column and row", async (type, bad, reason) => {
    const good = { int32: 1, float64: 1, bool: true, utf8: "", "list<int32>": new Int32Array(1) }[type.replace("?", "") as "int32"]
    const path = join(folder, "refused.parquet")
    const writer = await openTableWriter(path, { cell: type } as Columns)
    await writer.append([{ cell: good }, { cell: good }] as never)
    const append = writer.append([{ cell: good }, { cell: bad }] as never).then(() => writer.close())
    await expect(append).rejects.toMatchObject({
      _tag: "ColumnError",
      column: "cell",
      row: 3,
      message: `${path}: column "cell", row 3: ${reason}`,
    })
  })

  test("loses the table: nothing can be appended after it", async () => {
    const writer = await openTableWriter(join(folder, "lost.parquet"), { count: "int32" })
    await expect(writer.append([{ count: 0.5 }])).rejects.toMatchObject({ _tag: "ColumnError" })
    await expect(writer.append([{ count: 1 }])).rejects.toMatchObject({ _tag: "DataFileError" })
    await expect(writer.close()).rejects.toMatchObject({ _tag: "DataFileError" })
    await writer.abort()
  })
})

test("columns that nobody asks for are neither read nor decoded", async () => {
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

describe("a file that cannot be read as it should", () => {
  const fails = (path: string, columns: Columns = preferences) => expect(readRows(path, columns)).rejects

  test("is named if it is missing, a folder, empty, of another kind", async () => {
    const other = join(folder, "other.txt")
    await fails(join(folder, "absent.parquet")).toMatchObject({
      _tag: "DataFileError",
      message: `${join(folder, "absent.parquet")}: does not exist`,
    })
    await fails(folder).toMatchObject({ _tag: "DataFileError", file: folder })
    await writeFile(other, "")
    await fails(other).toMatchObject({ message: `${other}: is too short to be Parquet` })
    await writeFile(other, "The quick brown fox jumps over the lazy dog")
    await fails(other).toMatchObject({
      message: `${other}: does not end as a Parquet file does; it is truncated or of another kind`,
    })
  })

  test("is named if its footer claims more than there is", async () => {
    const path = join(folder, "claims.parquet")
    const file = Buffer.concat([Buffer.from("PAR1"), Buffer.alloc(16), Buffer.from([0xff, 0xff, 0xff, 0x7f]), Buffer.from("PAR1")])
    await writeFile(path, file)
    await fails(path).toMatchObject({ _tag: "DataFileError", message: `${path}: claims a footer of 2147483647 bytes and has 28 in all` })
    // A list of 2⁶⁰ row groups.
    const footer = Buffer.from([0x49, 0xfc, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10, 0])
    await writeFile(path, Buffer.concat([Buffer.from("PAR1"), footer, Buffer.from([footer.length, 0, 0, 0]), Buffer.from("PAR1")]))
    await fails(path).toMatchObject({ _tag: "DataFileError", file: path })
  })

  test("gives a typed error or the rows, never anything else, wherever it is cut or a bit is flipped", async () => {
    const { path } = await write("victim.parquet", preferences, preferenceRows(300))
    const file = await readFile(path)
    const damaged = join(folder, "damaged.parquet")
    let caught = 0
    const attempt = async (bytes: Uint8Array) => {
      await writeFile(damaged, bytes)
      await readRows(damaged, preferences).catch((error) => {
        expect(error.file).toBe(damaged)
        expect(["DataFileError", "ColumnError"]).toContain(error._tag)
        caught++
      })
    }
    for (let cut = 0; cut < 60; cut++) await attempt(file.subarray(0, Math.floor((file.length * cut) / 60)))
    expect(caught).toBe(60)
    for (let place = 0; place < 200; place++) {
      const flipped = Uint8Array.from(file)
      const at = Math.floor((file.length * place) / 200)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (place % 8))
      await attempt(flipped)
    }
    expect(caught).toBeGreaterThan(80)
    expect(await readRows(path, preferences)).toEqual(preferenceRows(300))
  })

  test("names the column that is missing, of another type, or null", async () => {
    const { path } = await write(
      "columns.parquet",
      { count: "int32", word: "utf8?" },
      [{ count: 1, word: "a" }],
      [{ count: 2, word: null }],
    )
    await fails(path, { score: "float64" }).toMatchObject({
      _tag: "ColumnError",
      column: "score",
      message: `${path}: column "score": is missing; the file has count, word`,
    })
    await fails(path, { count: "float64" }).toMatchObject({
      column: "count",
      message: `${path}: column "count": holds Int32, and float64 is wanted`,
    })
    await fails(path, { word: "utf8" }).toMatchObject({
      column: "word",
      row: 1,
      message: `${path}: column "word", row 1: is null, and utf8 is wanted`,
    })
    expect(await readRows(path, { count: "int32?" })).toEqual([{ count: 1 }, { count: 2 }])
  })
})
