import { createHash } from "node:crypto"
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openTableWriter } from "../../data/parquet/index.ts"
import { describe as describeFile, query } from "../../data/query/index.ts"
import type { Columns, Row } from "../../dsl/column.ts"

const columns = { id: "int32", word: "utf8", score: "float64?", ids: "list<int32>", tie: "bool" } as const satisfies Columns
const rows: ReadonlyArray<Row<typeof columns>> = [
  { id: 1, word: "one", score: 0.5, ids: Int32Array.of(1, 2), tie: true },
  { id: 2, word: "two", score: null, ids: new Int32Array(0), tie: false },
  { id: 3, word: "three", score: Number.NaN, ids: Int32Array.of(3), tie: false },
]

let folder: string
let artifact: string
let other: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-query-[odd]-'name'-"))
  artifact = join(folder, "artifact")
  other = join(folder, "other.parquet")
  const writer = await openTableWriter(artifact, columns)
  await writer.append(rows)
  await writer.close()
  await copyFile(artifact, other)
})
afterAll(() => rm(folder, { recursive: true }))

const quoted = (path: string) => `'${path.replaceAll("'", "''")}'`

describe("a query", () => {
  test("sees the rows as the table artifact and answers in JSON", async () => {
    expect(await query(artifact, "select * from artifact order by id")).toEqual({
      columns: [
        { name: "id", type: "INTEGER" },
        { name: "word", type: "VARCHAR" },
        { name: "score", type: "DOUBLE" },
        { name: "ids", type: "INTEGER[]" },
        { name: "tie", type: "BOOLEAN" },
      ],
      rows: [
        [1, "one", 0.5, [1, 2], true],
        [2, "two", null, [], false],
        [3, "three", "NaN", [3], false],
      ],
      total: 3,
    })
  })

  test("gives counts, sums and decimals as numbers, and as strings what a number cannot hold", async () => {
    const sql =
      "select count(*), sum(id), 1.25, 9007199254740993, 12345678901234567890.5, list(id::bigint order by id), date '2024-05-14' from artifact"
    expect((await query(artifact, sql)).rows).toEqual([[3, 6, 1.25, "9007199254740993", "12345678901234567890.5", [1, 2, 3], "2024-05-14"]])
  })

  test("sees several files as one table", async () => {
    expect((await query([artifact, other], "select count(*) from artifact")).rows).toEqual([[6]])
  })

  test("may be any single SELECT, with comments and a semicolon", async () => {
    for (const sql of ["from artifact limit 1;", "-- first\nwith x as (select 1) select * from x", "describe artifact", "values (1)"])
      expect((await query(artifact, sql)).rows.length).toBeGreaterThan(0)
  })
})

describe("an answer is bounded", () => {
  const cut = { rows: 2, cell: 5, beyond: "cut", memory: 2 ** 28 } as const
  const refuse = { ...cut, beyond: "refuse" } as const

  test("rows beyond the limit are counted and not fetched, and of too many it is said that they are", async () => {
    expect(await query(artifact, "select id from artifact order by id", cut)).toMatchObject({ rows: [[1], [2]], total: 3 })
    expect(await query(artifact, "select * from range(1000000000000)", cut)).toMatchObject({ rows: [[0], [1]], total: null })
    await expect(query(artifact, "select * from range(1000000000000)", refuse)).rejects.toMatchObject({
      _tag: "QueryError",
      reason: "too-large",
      message: expect.stringMatching(/^the answer has more than 2 rows: add a LIMIT/),
    })
  })

  test.each([
    ["text", "repeat('ab', 10000000)", "ababa…"],
    ["a list of numbers", "range(5000)", [0, 1, 2, 3, 4]],
    ["a list of texts", "['abc', 'def', 'ghi']", "[abc,…"],
    ["bytes", "repeat('ab', 1000)::blob", "ababa…"],
    ["a struct", "{name: 'a long one'}", "{'nam…"],
    ["what is short enough", "'abcde'", "abcde"],
  ])("of a cell no more is fetched than is wanted: %s", async (_, cell, value) => {
    expect((await query(artifact, `select ${cell} as cell -- and no more\n;`, cut)).rows).toEqual([[value]])
  })

  test("a cell that may not be cut is refused by the name of its column, with what to do", async () => {
    for (const cell of ["'a long one'", "range(20)", "{name: 'a long one'}", "'a long one'::blob"])
      await expect(query(artifact, `select ${cell} as "the 'cell'"`, refuse)).rejects.toMatchObject({
        reason: "too-large",
        message: expect.stringMatching(
          /^column "the 'cell'" holds a cell of \d+, .* ask for a part of it, such as left\("the 'cell'", 1000\)$/,
        ),
      })
    expect((await query(artifact, "select 'short', [1, 2, 3, 4, 5], null", refuse)).rows).toEqual([["short", [1, 2, 3, 4, 5], null]])
  })

  test("a query that needs more memory than it may have is refused", async () => {
    await expect(query(artifact, "select count(distinct range) from range(20000000)", { ...cut, memory: 2 ** 26 })).rejects.toMatchObject({
      reason: "memory",
      message: "the query needs more than the 0.1 GB of memory that it may have: let it aggregate, or ask for fewer rows",
    })
  })
})

test("a description gives rows and columns", async () => {
  expect(await describeFile(artifact)).toMatchObject({ rows: 3, columns: [{ name: "id", type: "INTEGER" }, {}, {}, {}, {}] })
})

describe("SQL is refused", () => {
  test.each([
    ["selec 1", "invalid", /syntax error at or near "selec"/],
    ["select nope from artifact", "invalid", /"nope" not found/],
    ["select * from nowhere", "invalid", /nowhere does not exist/],
    ["select ?", "invalid", /parameters/],
    ["select 1\0; drop view artifact", "invalid", "the SQL holds the character 0, which would end it: write chr(0)"],
    ["select 1; select 2", "several", "the SQL has 2 statements; run one at a time"],
    ["select 1; drop view artifact", "several", "the SQL has 2 statements; run one at a time"],
    ["", "empty", "the SQL has no statement; write for example: select * from artifact"],
    [" ; -- nothing\n/* at\nall */", "empty", "the SQL has no statement; write for example: select * from artifact"],
    ["set threads = 1", "not-select", "artifacts are read-only: SET is refused, only SELECT is run"],
    ["create table mine as select 1", "not-select", "artifacts are read-only: CREATE is refused, only SELECT is run"],
    ["explain analyze select 1", "not-select", "artifacts are read-only: EXPLAIN is refused, only SELECT is run"],
  ] as const)("%j: %s", async (sql, reason, message) => {
    await expect(query(artifact, sql)).rejects.toMatchObject({
      _tag: "QueryError",
      reason,
      message: typeof message === "string" ? message : expect.stringMatching(message),
    })
  })
})

describe("no SQL writes, or reads anything but the artifact", () => {
  const attempts = (): ReadonlyArray<string> => [
    `copy (select 1) to ${quoted(artifact)} (use_tmp_file false)`,
    `copy (select 1) to ${quoted(artifact)} (format parquet)`,
    `copy artifact to ${quoted(join(folder, "copy.csv"))}`,
    `explain analyze copy (select 1) to ${quoted(artifact)} (use_tmp_file false)`,
    `prepare p as copy (select 1) to ${quoted(artifact)} (use_tmp_file false)`,
    `select * from query(${quoted(`copy (select 1) to ${quoted(artifact)} (use_tmp_file false)`)})`,
    `export database ${quoted(join(folder, "dump"))}`,
    `attach ${quoted(join(folder, "new.db"))}`,
    `attach ${quoted(artifact)} as a`,
    "install httpfs",
    "load httpfs",
    "reset enable_external_access",
    "set enable_external_access = true",
    "set allowed_paths = ['/']",
    "insert into artifact values (4, 'four', 0, [], false)",
    "drop view artifact",
    "call force_checkpoint()",
    `select * from ${quoted(other)}`,
    `select * from read_parquet(${quoted(other)})`,
    `select * from read_text(${quoted(other)})`,
    `select * from glob(${quoted(join(folder, "*"))})`,
    "select * from read_text('/etc/hostname')",
    "select * from read_csv('https://example.org/x.csv')",
    `select * from parquet_metadata(${quoted(other)})`,
    `select * from read_duckdb(${quoted(other)})`,
    `select * from enable_profiling(save_location := ${quoted(artifact)})`,
  ]

  test("each attempt is refused, and the folder stays byte-identical", async () => {
    const state = async () =>
      Promise.all(
        (await readdir(folder)).sort().map(async (name) => [
          name,
          createHash("sha256")
            .update(await readFile(join(folder, name)))
            .digest("hex"),
        ]),
      )
    const before = await state()
    for (const sql of attempts()) {
      await expect(query(artifact, sql), sql).rejects.toMatchObject({ _tag: "QueryError" })
      expect(await state(), sql).toEqual(before)
    }
  })
})

test("a file that is not Parquet, or missing, is named", async () => {
  const bad = join(folder, "bad")
  await writeFile(bad, "not Parquet at all")
  for (const path of [bad, join(folder, "absent")]) {
    await expect(query(path, "select 1")).rejects.toMatchObject({ _tag: "DataFileError", file: path })
  }
  await rm(bad)
})
