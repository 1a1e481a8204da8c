import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { beforeAll, expect, test } from "vitest"
import type { Manifest } from "../../runtime/index.ts"
import type { QueryAnswer } from "../../serve/api.ts"
import { type Project, project } from "../runtime/project.ts"
import { begin, objectPath, type Served, serveStore, until } from "./server.ts"
import { publishTable, recordRun } from "./stored.ts"

let folder: Project
let served: Served
let pairs: Manifest
let other: Manifest
beforeAll(async () => {
  folder = project({ "secret.csv": "a,b\nsecret,2\n" }, { environment: { ASSAY_MEMORY: "1GB" } })
  pairs = await publishTable(folder, "SELECT range AS n, range % 7 AS seven FROM range(5000)")
  other = await publishTable(folder, "SELECT range AS n FROM range(3)")
  await recordRun(folder, { pairs, other })
  served = await serveStore(folder, { processes: 1, timeLimit: "2 seconds" })
})

const bodyOf = (sql: string, limit = 100) => ({ tables: [{ key: pairs.key, output: "rows", name: "pairs" }], sql, limit })
const ask = (sql: string, limit?: number) => served.post<QueryAnswer>("/query", bodyOf(sql, limit))
const refuse = (sql: string) => served.refused("/query", bodyOf(sql))
const objectOf = (manifest: Manifest) => objectPath(folder, manifest.outputs.rows?.files[0]?.object ?? "")

test("one SELECT over the tables that were named is answered, and says how many rows there are beyond those sent", async () => {
  expect(await ask("select count(*) as rows, max(seven) as most from pairs")).toMatchObject({
    columns: [
      { name: "rows", type: "BIGINT" },
      { name: "most", type: "BIGINT" },
    ],
    rows: [[5000, 6]],
    total: 1,
    seconds: expect.any(Number),
  })
  const { rows, total } = await ask("select n from pairs order by n", 3)
  expect([rows, total]).toEqual([[[0], [1], [2]], 5000])
  expect((await ask("select n from pairs", -1)).rows).toEqual([])
  expect((await ask("select * from range(20000)", 1_000_000)).rows.length).toBe(10_000)
  const two = {
    tables: [...bodyOf("").tables, { key: other.key, output: "rows", name: "o" }],
    sql: "select count(*) from pairs join o using (n)",
    limit: 1,
  }
  expect((await served.post<QueryAnswer>("/query", two)).rows).toEqual([[3]])
  const same = { ...two, tables: two.tables.map((table) => ({ ...table, name: "pairs" })) }
  expect(await served.refused("/query", same)).toMatchObject({ status: 400, error: "BadQuestion" })
})

test("no SQL reads another file, a setting or the environment, or writes, or changes what comes after it", async () => {
  const state = () =>
    fs
      .readdirSync(folder.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("/running"))
      .map(
        ({ parentPath, name }) =>
          `${parentPath}/${name} ${createHash("sha256")
            .update(fs.readFileSync(`${parentPath}/${name}`))
            .digest("hex")}`,
      )
  const before = state()
  const elsewhere = objectOf(other)
  for (const sql of [
    `select * from '${folder.root}/secret.csv'`,
    `select * from read_csv('${folder.root}/secret.csv')`,
    `select * from read_csv_auto('${folder.root}/secret.csv')`,
    `select * from read_text('${folder.root}/secret.csv')`,
    `select * from read_blob('/proc/self/environ')`,
    `select * from read_json('${folder.root}/package.json')`,
    `select * from read_parquet('${elsewhere}')`,
    `select * from parquet_metadata('${elsewhere}')`,
    `select * from parquet_schema('${elsewhere}')`,
    `select * from '${elsewhere}'`,
    `select * from glob('${folder.root}/*')`,
    `select * from sniff_csv('${folder.root}/secret.csv')`,
    `select * from query('select * from ''${folder.root}/secret.csv''')`,
    `select * from query_table('${folder.root}/secret.csv')`,
    "select * from artifact",
    "select getenv('HOME')",
    `copy pairs to '${folder.root}/out.csv'`,
    `copy (select 1) to '${objectOf(pairs)}' (use_tmp_file false)`,
    `copy pairs from '${folder.root}/secret.csv'`,
    `attach '${folder.root}/new.db'`,
    "install httpfs",
    "load httpfs",
    "pragma database_list",
    "pragma enable_external_access=true",
    "set threads = 1",
    "set enable_external_access = true",
    "reset all",
    "select 1; select 2",
    "select 1; drop view pairs",
    "drop view pairs",
    "create table mine as select 1",
    "create temp table mine as select 1",
    "create secret (type s3)",
    "insert into pairs values (1, 2)",
    "update pairs set n = 0",
    "delete from pairs",
    "export database 'x'",
    "call pragma_version()",
    "prepare p as select 1",
    "explain analyze select 1",
    "use memory",
    "checkpoint",
    "vacuum",
    "",
    ";",
    "-- nothing",
    "select ?",
    "select 1 \0",
    "select nosuch from pairs",
    "this is no sql",
  ]) {
    const refusal = await refuse(sql)
    expect(refusal, sql).toMatchObject({ status: 400, error: "QueryError" })
    expect(refusal.message).not.toMatch(/secret,2|root:/)
    expect(refusal.message.length).toBeGreaterThan(10)
  }
  expect((await ask("select count(*) from pairs")).rows).toEqual([[5000]])
  expect(state()).toEqual(before)
})

test("a name of a table may be anything, and names nothing else", async () => {
  for (const name of ['a"b', "'; drop view pairs; --", "read_csv", "pairs p", "main.x", "ünï", "information_schema.tables"]) {
    const sql = `select count(*) from "${name.replaceAll('"', '""')}"`
    const answer = await served.post<QueryAnswer>("/query", { tables: [{ key: pairs.key, output: "rows", name }], sql, limit: 1 })
    expect(answer.rows, name).toEqual([[5000]])
  }
  for (const name of ["", "a\0b"])
    expect(await served.refused("/query", { ...bodyOf("select 1"), tables: [{ key: pairs.key, output: "rows", name }] })).toMatchObject({
      status: 400,
    })
})

test("a query that takes too long or too much memory ends with an error that says so, and the next one is answered", async () => {
  const start = performance.now()
  const slow = await refuse("select count(*) from range(1000000000000) a, range(1000000)")
  expect(slow).toMatchObject({ status: 400, error: "QueryError" })
  expect(slow.message).toContain("took longer than 2s and was stopped")
  expect(performance.now() - start).toBeLessThan(15_000)
  expect((await ask("select count(*) from pairs")).rows).toEqual([[5000]])
  for (const sql of ["select count(distinct range) from range(100000000)", "select range(4000000000)"]) {
    const large = await refuse(sql)
    expect(large, sql).toMatchObject({ status: 400, error: "QueryError" })
    expect(large.message).toMatch(/memory|longer/)
    expect((await ask("select count(*) from pairs")).rows).toEqual([[5000]])
  }
})

test("a query whose client goes away is ended: its place is free at once", async () => {
  const single = await serveStore(folder, { processes: 1, waiting: 0, timeLimit: "10 minutes" })
  const request = (sql: string) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(bodyOf(sql)) })
  const isFree = async () => (await single.ask("/api/query", request("select 1"))).status === 200
  expect(await isFree()).toBe(true)
  const abandon = begin(single, "/api/query", request("select count(*) from range(1000000000000) a, range(1000000)"))
  await until("the endless query holds the only process", async () => !(await isFree()))
  const refusal = await single.refused("/query", bodyOf("select 1"))
  expect(refusal).toMatchObject({ status: 503, error: "QueryError" })
  expect(refusal.message).toContain("ask again")
  abandon()
  await until("the process is free", isFree, 5000)
  await single.stop()
})

test("a body that is not a question is refused, however it is wrong", async () => {
  const send = (body: string, type = "application/json") =>
    served.ask("/api/query", { method: "POST", headers: { "content-type": type }, body })
  for (const body of [
    "",
    "{",
    "[]",
    "null",
    '"x"',
    "{}",
    '{"tables":1,"sql":"select 1","limit":1}',
    '{"tables":[],"sql":1,"limit":1}',
    '{"tables":[],"sql":"select 1","limit":1.5}',
    '{"tables":[],"sql":"select 1","limit":"NaN"}',
  ])
    expect((await send(body)).status, body).toBe(400)
  expect((await send('{"tables":[],"sql":"select 1 as one","limit":1}')).status).toBe(200)
  const huge = await send(JSON.stringify({ ...bodyOf("select 1"), sql: `select '${"x".repeat(20_000_000)}'` }))
  expect(huge.status).toBe(400)
  expect(JSON.parse(huge.text).message).toContain("too large")
})
