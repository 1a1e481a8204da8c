import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Dictionary,
  Field,
  FixedSizeList,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  LargeList,
  LargeUtf8,
  List,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Struct,
  Table,
  TimestampMillisecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
  Utf8View,
  vectorFromArray,
} from "apache-arrow"
import { describe, expect, test } from "vitest"
import { parquet, readAll } from "./source.ts"

/** A table as Arrow's two forms of IPC. */
const arrow = (table: Table): readonly [file: Uint8Array, stream: Uint8Array] => [
  RecordBatchFileWriter.writeAll(table).toUint8Array(true),
  RecordBatchStreamWriter.writeAll(table).toUint8Array(true),
]

const tableOf = (columns: Readonly<Record<string, readonly [DataType, ReadonlyArray<unknown>]>>): Table =>
  new Table(Object.fromEntries(Object.entries(columns).map(([name, [type, cells]]) => [name, vectorFromArray(cells, type)])))

const field = (name: string, type: DataType): Field => new Field(name, type, true)

const message = new Struct([field("role", new Utf8()), field("content", new LargeUtf8())])

describe("Arrow, as a file and as a stream", () => {
  const cells = {
    int8: [new Int8(), [-128, null]],
    uint8: [new Uint8(), [255, null]],
    int16: [new Int16(), [-32768, null]],
    uint16: [new Uint16(), [65535, null]],
    int32: [new Int32(), [-(2 ** 31), null]],
    uint32: [new Uint32(), [2 ** 32 - 1, null]],
    int64: [new Int64(), [BigInt(-Number.MAX_SAFE_INTEGER), null]],
    uint64: [new Uint64(), [BigInt(Number.MAX_SAFE_INTEGER), null]],
    float64: [new Float64(), [0.1, null]],
    bool: [new Bool(), [true, null]],
    utf8: [new Utf8(), ["é", null]],
    large_utf8: [new LargeUtf8(), ["é", null]],
    utf8_view: [new Utf8View(), ["long enough to be a view", null]],
    dictionary: [new Dictionary(new Utf8(), new Int8()), ["a", null]],
    list: [new List(field("item", new Utf8())), [["a", "b"], null]],
    large_list: [new LargeList(field("item", message)), [[{ role: "user", content: "é" }], null]],
    fixed: [new FixedSizeList(2, field("item", new Int64())), [[1n, 2n], null]],
    struct: [new Struct([field("ids", new List(field("item", new Int64())))]), [{ ids: [1n] }, null]],
    date: [new DateDay(), [new Date("2024-02-29"), null]],
    utc: [new TimestampMillisecond("UTC"), [Date.UTC(2024, 1, 29, 12, 30, 1, 5), null]],
    local: [new TimestampMillisecond(), [Date.UTC(2024, 1, 29, 12, 30, 1, 5), null]],
  } as const satisfies Readonly<Record<string, readonly [DataType, ReadonlyArray<unknown>]>>
  const plain = {
    int64: -Number.MAX_SAFE_INTEGER,
    uint64: Number.MAX_SAFE_INTEGER,
    fixed: [1, 2],
    struct: { ids: [1] },
    date: "2024-02-29",
    utc: "2024-02-29T12:30:01.005Z",
    local: "2024-02-29T12:30:01.005",
  }

  test("has a plain value for every cell of its types, and null", async () => {
    const names = Object.keys(cells)
    const expected = Object.fromEntries(Object.entries(cells).map(([name, [, [value]]]) => [name, value]))
    for (const bytes of arrow(tableOf(cells))) {
      const { records, seen } = await readAll("x", bytes, names)
      expect(records).toEqual([{ ...expected, ...plain }, Object.fromEntries(names.map((name) => [name, null]))])
      expect(seen).toEqual([[names, true]])
    }
  })

  test("has the rows of all batches in order, of the columns asked for alone", async () => {
    const batches = [0, 1, 2].flatMap(
      (batch) => tableOf({ n: [new Int32(), [2 * batch, 2 * batch + 1]], other: [new Binary(), [null, null]] }).batches,
    )
    for (const bytes of arrow(new Table(batches))) {
      expect((await readAll("x", bytes, ["n", "m"])).records).toEqual([0, 1, 2, 3, 4, 5].map((n) => ({ n })))
      await expect(readAll("x", bytes, ["m"])).rejects.toThrow(/x: has none of the columns m/)
    }
  })

  test("that is cut anywhere gives an error, or the rows in front of the cut", async () => {
    for (const [index, bytes] of arrow(tableOf({ text: cells.utf8, list: cells.large_list })).entries()) {
      for (let end = 0; end < bytes.length; end += 5) {
        const outcome = await readAll("x", bytes.slice(0, end), ["text", "list"]).catch((error: unknown) => error)
        if (outcome instanceof Error) expect(outcome).toHaveProperty("_tag", "DataFileError")
        // A stream may end behind any of its messages.
        else expect(index === 1 || end === 0).toBe(true)
      }
    }
  })

  test("with offsets or validity that are damaged gives an error of data or other rows, and ends", async () => {
    const [, stream] = arrow(tableOf({ text: cells.utf8, list: cells.large_list }))
    // The buffers stand in front of the mark of the end.
    for (let position = stream.length - 8 - 160; position < stream.length - 8; position++)
      for (const bit of [0, 3, 6, 7]) {
        const flipped = stream.slice()
        flipped[position] = (flipped[position] as number) ^ (1 << bit)
        const outcome = await readAll("x", flipped, ["text", "list"]).catch((error: unknown) => error)
        if (outcome instanceof Error) expect(["DataFileError", "ColumnError"]).toContain((outcome as { _tag?: string })._tag)
      }
    const cut = stream.slice()
    cut.fill(0xff, stream.length - 8 - 160, stream.length - 8)
    await expect(readAll("x", cut, ["text", "list"])).rejects.toThrow(/x: has a column "\w+" that lies outside of its batch; it is damaged/)
  })

  test("with a message larger than the file is refused before anything is allocated", async () => {
    const [, stream] = arrow(tableOf({ n: cells.int32 }))
    const claims = stream.slice()
    new DataView(claims.buffer).setInt32(4, 2 ** 31 - 1, true)
    await expect(readAll("x", claims, ["n"])).rejects.toThrow(/x: ends in the middle of an Arrow message; it is truncated or damaged/)
  })
})

describe("integers that a number cannot express, and types that have no plain value, name their column", () => {
  test("in Arrow", async () => {
    const large = [9n, BigInt(Number.MAX_SAFE_INTEGER) + 1n]
    const nested = [[1n], large]
    const table = tableOf({
      id: [new Uint64(), large],
      ids: [new List(field("item", new Int64())), nested],
      bytes: [new List(field("item", new Binary())), [null, null]],
    })
    for (const bytes of arrow(table)) {
      const message = "is 9007199254740992, which is beyond ±9007199254740991 and not exact as a number"
      await expect(readAll("x", bytes, ["id"])).rejects.toMatchObject({ _tag: "ColumnError", column: "id", row: 1, reason: message })
      await expect(readAll("x", bytes, ["ids"])).rejects.toMatchObject({ column: "ids", row: 1, reason: message })
      await expect(readAll("x", bytes, ["bytes"])).rejects.toThrow(/column "bytes": holds List<Binary>, which is neither text/)
    }
  })

  test("in Parquet", async () => {
    const bytes = await parquet(
      "SELECT (1 + range * 9007199254740991)::UBIGINT AS id, 'a'::BLOB AS bytes, MAP {'a': 1} AS map FROM range(2)",
    )
    await expect(readAll("x", bytes, ["id"])).rejects.toMatchObject({ _tag: "ColumnError", column: "id", row: 1 })
    await expect(readAll("x", bytes, ["bytes"])).rejects.toThrow(/column "bytes": holds Binary, which/)
    await expect(readAll("x", bytes, ["map"])).rejects.toThrow(/column "map": holds Map</)
  })
})

test("Parquet has integers of every width, decimals, dates, lists and structs as plain values", async () => {
  const columns = {
    i8: ["(-128)::TINYINT", -128],
    u8: ["255::UTINYINT", 255],
    i16: ["(-32768)::SMALLINT", -32768],
    u16: ["65535::USMALLINT", 65535],
    i32: ["(-2147483648)::INTEGER", -2147483648],
    u32: ["4294967295::UINTEGER", 4294967295],
    i64: ["(-9007199254740991)::BIGINT", -9007199254740991],
    u64: ["9007199254740991::UBIGINT", 9007199254740991],
    d: ["(-4.25)::DECIMAL(5,2)", -4.25],
    d18: ["123456789.125::DECIMAL(18,3)", 123456789.125],
    whole: ["42::DECIMAL(38,0)", 42],
    f: ["0.5::FLOAT", 0.5],
    day: ["DATE '2024-02-29'", "2024-02-29"],
    local: ["TIMESTAMP '2024-02-29 12:30:01.005'", "2024-02-29T12:30:01.005"],
    kind: ["'a'::ENUM('a', 'b')", "a"],
    nested: ["[{'role': 'user', 'ids': [1::BIGINT]}]", [{ role: "user", ids: [1] }]],
  } as const
  const select = Object.entries(columns).map(([name, [sql]]) => `${sql} AS ${name}`)
  const nulls = Object.keys(columns).map((name) => `NULL AS ${name}`)
  const bytes = await parquet(`SELECT ${select.join()} UNION ALL SELECT ${nulls.join()}`)
  const { records } = await readAll("x", bytes, Object.keys(columns))
  expect(records).toEqual([
    Object.fromEntries(Object.entries(columns).map(([name, [, value]]) => [name, value])),
    Object.fromEntries(Object.keys(columns).map((name) => [name, null])),
  ])
})
