import { readFile, writeFile } from "node:fs/promises"
import { describe, expect, test } from "vitest"
import { digestTable, openTableWriter, readRows } from "../../data/parquet/index.ts"
import { preferences } from "../../data/schema/index.ts"
import type { Columns } from "../../dsl/column.ts"
import { preferenceRows, tablesFolder } from "./tables.ts"

const { at, write } = tablesFolder()

describe("a cell that its column cannot hold", () => {
  test.each([
    ["int32", 1.5, "expected int32, found 1.5"],
    ["int32", 2 ** 31, "expected int32, found 2147483648"],
    ["int32", "1", 'expected int32, found "1"'],
    ["int32", null, "expected int32, found null"],
    ["int32?", undefined, "expected int32 or null, found nothing"],
    ["float64", true, "expected float64, found true"],
    ["bool", 1, "expected bool, found 1"],
    ["utf8", 1, "expected utf8, found 1"],
    ["utf8", "a\ud800", "holds half of a surrogate pair, which UTF-8 cannot express"],
    ["list<int32>", [1, 2], "expected list<int32>, found a value of class Array"],
    ["list<int32>", Float32Array.of(1), "expected list<int32>, found a value of class Float32Array"],
  ] as const)("%s: %j is refused, with its column and row", async (type, bad, reason) => {
    const good = { int32: 1, float64: 1, bool: true, utf8: "", "list<int32>": new Int32Array(1) }[type.replace("?", "") as "int32"]
    const path = at("refused.parquet")
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
    const writer = await openTableWriter(at("lost.parquet"), { count: "int32" })
    await expect(writer.append([{ count: 0.5 }])).rejects.toMatchObject({ _tag: "ColumnError" })
    await expect(writer.append([{ count: 1 }])).rejects.toMatchObject({ _tag: "DataFileError" })
    await expect(writer.close()).rejects.toMatchObject({ _tag: "DataFileError" })
    await writer.abort()
  })
})

describe("a file that cannot be read as it should", () => {
  const fails = (path: string, columns: Columns = preferences) => expect(readRows(path, columns)).rejects

  test("is named if it is missing, a folder, empty, of another kind", async () => {
    const other = at("other.txt")
    await fails(at("absent.parquet")).toMatchObject({
      _tag: "DataFileError",
      message: `${at("absent.parquet")}: does not exist`,
    })
    await fails(at("")).toMatchObject({ _tag: "DataFileError", file: at("") })
    await writeFile(other, "")
    await fails(other).toMatchObject({ message: `${other}: is too short to be Parquet` })
    await writeFile(other, "The quick brown fox jumps over the lazy dog")
    await fails(other).toMatchObject({
      message: `${other}: does not end as a Parquet file does; it is truncated or of another kind`,
    })
  })

  test("is named if its footer claims more than there is", async () => {
    const path = at("claims.parquet")
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
    const damaged = at("damaged.parquet")
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
      message: `${path}: column "count": holds Int32; expected float64`,
    })
    await fails(path, { word: "utf8" }).toMatchObject({
      column: "word",
      row: 1,
      message: `${path}: column "word", row 1: is null; expected utf8`,
    })
    expect(await readRows(path, { count: "int32?" })).toEqual([{ count: 1 }, { count: 2 }])
  })

  test("reads a column that may be null and is missing as null, with the digest of a table that has it", async () => {
    const rows = [{ count: 1 }, { count: 2 }]
    const { path } = await write("before.parquet", { count: "int32" }, rows)
    const columns = { score: "float64?", count: "int32", words: "list<int32>?", word: "utf8?" } as const
    const complete = rows.map((row) => ({ ...row, score: null, words: null, word: null }))
    expect(await readRows(path, columns)).toEqual(complete)
    const after = await write("after.parquet", columns, complete)
    expect(await digestTable(path, columns)).toEqual(await digestTable(after.path, columns))
  })
})
