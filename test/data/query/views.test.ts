import { describe, expect, test } from "vitest"
import { query } from "../../../data/query/index.ts"
import { tablesFolder } from "../tables.ts"

const { at, write } = tablesFolder()

const pairs = () =>
  write("pairs", { pair: "int32", source: "utf8" }, [
    { pair: 1, source: "gold" },
    { pair: 2, source: "proxy" },
  ])
const scores = () =>
  write("scores", { pair: "int32", score: "float64" }, [
    { pair: 1, score: 0.5 },
    { pair: 2, score: -1 },
  ])

test("a query joins several tables by the names of their views", async () => {
  const views = { pairs: [(await pairs()).path], "the scores": [(await scores()).path] }
  const answer = await query(views, `select source, score from pairs join "the scores" using (pair) order by pair`)
  expect(answer.rows).toEqual([
    ["gold", 0.5],
    ["proxy", -1],
  ])
})

test("a view has the rows of all its files", async () => {
  const { path } = await pairs()
  const { path: other } = await write("more", { pair: "int32", source: "utf8" }, [{ pair: 3, source: "human" }])
  expect((await query({ all: [path, other] }, `select pair from "all" order by pair`)).rows).toEqual([[1], [2], [3]])
})

test.each(['a"b', 'x"; drop view y; --', "line\nbreak", "select", "Ünïcode 漢字 😀", "'single'", "%s", "main.x", " "])(
  "a view may be named %j",
  async (name) => {
    const { path } = await pairs()
    const quoted = `"${name.replaceAll('"', '""')}"`
    expect((await query({ [name]: [path], other: [path] }, `select count(*) from ${quoted}, other`)).rows).toEqual([[4]])
  },
)

describe("a name that no view can have is refused:", () => {
  test.each([
    ["none", { "": ["x"] }, 'a view cannot be named ""'],
    ["one with the character 0", { "a\0b": ["x"] }, 'a view cannot be named "a\\u0000b"'],
    ["one that differs from another in case alone", { a: ["x"], A: ["x"] }, 'two views are named "A": case does not tell names apart'],
    ["one without files", { a: [] }, 'the view "a" has no files'],
  ] as const)("%s", async (_, views, message) => {
    await expect(query(views, "select 1")).rejects.toMatchObject({ _tag: "QueryError", reason: "invalid", message })
  })
})

test("a query sees the views that it was given, and no other", async () => {
  const { path } = await pairs()
  const { path: secret } = await scores()
  await query({ secret: [secret] }, "select * from secret")
  for (const sql of [
    "select * from secret",
    "select * from artifact",
    `select * from '${secret}'`,
    `select * from read_parquet(['${secret}'])`,
  ])
    await expect(query({ pairs: [path] }, sql), sql).rejects.toMatchObject({ _tag: "QueryError", reason: "invalid" })
  const { rows } = await query({ pairs: [path] }, "select view_name from duckdb_views() where not internal")
  expect(rows).toEqual([["pairs"]])
})

test("what a query sets in its database ends with it", async () => {
  const { path } = await pairs()
  for (const sql of [
    "select * from enable_profiling(format := 'no_output')",
    "select * from enable_logging(level := 'trace')",
    "select * from enable_logging(storage := 'file', storage_path := '/')",
    "select * from disable_logging()",
  ]) {
    await query(path, sql).catch(() => {})
    expect((await query(path, "select count(*) from artifact")).rows, sql).toEqual([[2]])
    expect((await query(path, "select count(*) from duckdb_logs()")).rows, sql).toEqual([[0]])
  }
})

test("a query reads neither the environment nor the system's files", async () => {
  const { path } = await pairs()
  for (const sql of [
    "select getenv('HOME')",
    "select * from read_blob('/proc/self/environ')",
    "select * from read_text('/proc/self/cmdline')",
    "from '/etc/passwd'",
    "select * from duckdb_secrets()",
    "select * from duckdb_extensions()",
  ])
    await expect(query(path, sql), sql).rejects.toMatchObject({ _tag: "QueryError", reason: "invalid" })
})

test("a query that is no longer wanted ends soon", async () => {
  const { path } = await pairs()
  const abort = new AbortController()
  const ended = query(path, "select count(*) from range(1000000000000) a, range(1000000)", undefined, abort.signal)
  setTimeout(() => abort.abort(), 50)
  await expect(ended).rejects.toMatchObject({ _tag: "QueryError", reason: "time" })
  const late = new AbortController()
  late.abort()
  const never = query(path, "select count(*) from range(1000000000000)", undefined, late.signal)
  await expect(never).rejects.toMatchObject({ _tag: "QueryError" })
})

test("of several views, the file that cannot be opened is named", async () => {
  const { path } = await pairs()
  await expect(query({ pairs: [path], gone: [at("gone")] }, "select 1")).rejects.toMatchObject({ _tag: "DataFileError", file: at("gone") })
})

test("files of a view may get columns of their own, before those that they have", async () => {
  const { path } = await pairs()
  const { path: other } = await write("more", { pair: "int32", source: "utf8" }, [{ pair: 3, source: "human" }])
  const views = {
    all: [
      { path, added: { seed: 1, rate: 0.1, "an axis": "it's" } },
      { path: other, added: { seed: 2, rate: 1e-7, paper: true } },
    ],
  }
  const { columns, rows } = await query(views, `select * from "all"`)
  expect(columns.map(({ name }) => name)).toEqual(["seed", "rate", "an axis", "pair", "source", "paper"])
  expect(rows).toEqual([
    [1, 0.1, "it's", 1, "gold", null],
    [1, 0.1, "it's", 2, "proxy", null],
    [2, 1e-7, null, 3, "human", true],
  ])
})

test("a column may go by what another one of the row holds", async () => {
  const { path } = await pairs()
  const weight = { by: "source", values: { gold: 0.5, "no'body": 2 } }
  expect((await query({ pairs: [{ path, added: { weight } }] }, "select source, weight from pairs")).rows).toEqual([
    ["gold", 0.5],
    ["proxy", null],
  ])
})
